import { expect, test } from "vitest";
import { wrongReport } from "../../../src/kernel/protocol/report-check";

test("reports of the main thread are checked field by field", () => {
  const error = { ename: "E", evalue: "v", traceback: [] };
  expect(wrongReport({ type: "stream", cell: "c", name: "stdout", text: "t" })).toBeUndefined();
  expect(wrongReport({ type: "done", cell: "c", expressions: { a: "{}" }, error })).toBeUndefined();
  expect(wrongReport({ type: "stream", cell: "c", name: "stdout", text: 5n })).toBe("stream.text is no string");
  expect(wrongReport({ type: "done", cell: "c", expressions: { a: {} } })).toBe("done.expressions is no texts");
  expect(wrongReport({ type: "error", cell: "c", error: { ...error, ename: 1 } })).toBe("error.error is no error");
  for (const report of [null, 5, {}, { type: "toString" }, { type: Symbol("x") }])
    expect(wrongReport(report)).toContain("there is no report");
});
