import { expect, test } from "vitest";
import { Control, type FromMain } from "../../../src/kernel/protocol/bridge";
import { createPort } from "../../../src/kernel/runtime/port";

function recorded(): { posted: FromMain[]; port: ReturnType<typeof createPort>; interrupt: Int32Array } {
  const posted: FromMain[] = [];
  const ints = (): Int32Array => new Int32Array(new SharedArrayBuffer(16));
  const shared = { control: ints(), interrupt: ints(), inputBytes: new Uint8Array(1) };
  const worker = {
    // A worker that takes everything at once.
    postMessage: (report: FromMain) => {
      posted.push(report);
      Atomics.store(shared.control, Control.backlog, 0);
    },
  };
  return { posted, port: createPort(worker, shared), interrupt: shared.interrupt };
}

const stream = (text: string): FromMain => ({ type: "stream", cell: "c", name: "stdout", text });

test("a long text is sent in pieces, whole characters each", () => {
  const { posted, port } = recorded();
  const text = `x${"👍".repeat(100_000)}`;
  port.post(stream(text));
  const pieces = posted.map((report) => (report as { text: string }).text);
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.join("")).toBe(text);
  for (const piece of pieces) expect(Buffer.from(piece).toString()).toBe(piece);
});

test("after an interrupt, output without room is dropped and told", () => {
  const { posted, port, interrupt } = recorded();
  Atomics.store(interrupt, 0, 1);
  Atomics.store(port.control, Control.backlog, 9_000_000);
  port.post(stream("lost"));
  expect(posted).toEqual([]);
  port.post({ type: "done", cell: "c", expressions: {} });
  expect((posted[0] as { text: string }).text).toContain("4 more characters");
  expect(posted[1]?.type).toBe("done");
});
