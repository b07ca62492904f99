import { describe, expect, test } from "vitest";
import { HeaderFactory, type Header } from "../../../src/kernel/protocol/message";
import { Publisher } from "../../../src/kernel/protocol/publisher";

function recorded(): { publisher: Publisher; sent: [string, unknown, string | undefined][]; request: () => Header } {
  const sent: [string, unknown, string | undefined][] = [];
  const publisher = new Publisher((type, content, parent) =>
    sent.push([type, content, (parent as Partial<Header>).msg_id]),
  );
  const headers = new HeaderFactory();
  return { publisher, sent, request: () => headers.create("execute_request") };
}

describe("Publisher", () => {
  test("texts on one stream are joined, and nothing overtakes them", () => {
    const { publisher, sent, request } = recorded();
    const cell = request();
    publisher.adopt(cell);
    publisher.stream(cell.msg_id, "stdout", "a");
    publisher.stream(cell.msg_id, "stdout", "b");
    publisher.stream(cell.msg_id, "stderr", "c");
    publisher.output(cell.msg_id, "display_data", { d: 1 });
    publisher.stream(cell.msg_id, "stdout", "e");
    publisher.status("idle", cell);
    expect(sent).toEqual([
      ["stream", { name: "stdout", text: "ab" }, cell.msg_id],
      ["stream", { name: "stderr", text: "c" }, cell.msg_id],
      ["display_data", { d: 1 }, cell.msg_id],
      ["stream", { name: "stdout", text: "e" }, cell.msg_id],
      ["status", { execution_state: "idle" }, cell.msg_id],
    ]);
  });

  test("late output carries the header of its own cell", () => {
    const { publisher, sent, request } = recorded();
    const [first, second] = [request(), request()];
    publisher.adopt(first);
    publisher.adopt(second);
    publisher.stream(first.msg_id, "stdout", "late");
    publisher.flush();
    expect(sent[0]?.[2]).toBe(first.msg_id);
  });

  test("a silent cell publishes its status only", () => {
    const { publisher, sent, request } = recorded();
    const cell = request();
    publisher.adopt(cell, { silent: true });
    publisher.stream(cell.msg_id, "stdout", "a");
    publisher.output(cell.msg_id, "error", {});
    publisher.status("idle", cell);
    expect(sent.map(([type]) => type)).toEqual(["status"]);
  });

  test("much text is sent before it is complete", () => {
    const { publisher, sent, request } = recorded();
    const cell = request();
    publisher.adopt(cell);
    publisher.stream(cell.msg_id, "stdout", "x".repeat(100_000));
    expect(sent).toHaveLength(1);
  });
});
