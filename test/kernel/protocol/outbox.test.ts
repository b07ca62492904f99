import { expect, test } from "vitest";
import { Outbox } from "../../../src/kernel/protocol/outbox";

const message = (text: string): Uint8Array[] => [Buffer.from(text)];
const full = Object.assign(new Error("full"), { code: "EAGAIN" });

test("messages leave in order; a full socket is tried again", async () => {
  const sent: string[] = [];
  let refusals = 3;
  const outbox = new Outbox({
    send: (frames) => {
      if (refusals-- > 0) return Promise.reject(full);
      return Promise.resolve(void sent.push(Buffer.concat(frames).toString()));
    },
  });
  outbox.push(message("one"));
  outbox.push(message("two"), true);
  expect(outbox.waiting).toBe(6);
  await outbox.flushed();
  expect(sent).toEqual(["one", "two"]);
  expect(outbox.waiting).toBe(0);
});

test("a stuck front end misses output and nothing else, and is told how much", async () => {
  const sent: string[] = [];
  const lost: number[] = [];
  let open = false;
  const socket = {
    send: (frames: Uint8Array[]) =>
      open ? Promise.resolve(void sent.push(Buffer.concat(frames).toString())) : Promise.reject(full),
  };
  const outbox = new Outbox(socket, undefined, (bytes) => lost.push(bytes), 10);
  for (const text of ["status 1", "text 1", "text 2"]) outbox.push(message(text), text.startsWith("text"));
  while (outbox.waiting > "status 1".length) await new Promise((resolve) => setTimeout(resolve, 5));
  outbox.push(message("text 3"), true);
  outbox.push(message("status 2"));
  open = true;
  await outbox.flushed();
  expect(sent).toEqual(["status 1", "status 2"]);
  expect(lost).toEqual(["text 1text 2text 3".length]);
});
