import { describe, expect, it } from "vitest";
import { isComplete } from "../../../src/kernel/language/is-complete";

const COMPLETE = [
  "",
  "1 + 1",
  "// just a comment",
  "const f = (x: number) => x",
  "function f() {\n  return 1;\n}",
  "if (x) { y }",
  "`a\nb`",
  "/* a\nb */",
  "await f()",
  "<number>x",
  "const e = <b>hi</b>",
  "enum A { B }",
  "@d class A {}",
  "type A = { b: string }",
  "foo('bar');",
  "using x = f()",
  "import { a } from 'm' with { type: 'json' }",
  "%%sh\nfor x in a",
  "%%html\n<div>",
  "%check",
  "%time f()",
];

const INCOMPLETE: [string, string][] = [
  ["function f() {", "  "],
  ["function f() {\n  if (x) {", "    "],
  ["function f() {\n  g();", "  "],
  ["if (x)", "  "],
  ["if (x) {\n} else", "  "],
  ["const f = (x) =>", "  "],
  ["foo(", "  "],
  ["foo(1,", ""],
  ["[1, 2", ""],
  ["const a = ", ""],
  ["a.", ""],
  ["a +", ""],
  ["`abc", ""],
  ["/* abc", ""],
  ["class A", ""],
  ["try {\n}", ""],
  ["for (const x of xs)", "  "],
  ["import { a", ""],
  ["const x: ", ""],
  ["@d", ""],
  ["<div>\n  <b>hi</b>", "  "],
  ["const o = {\n  a: 1, // one", "  "],
  ["while (true) { // for ever", "  "],
  ["do", "  "],
  ["%time f(", "  "],
];

const INVALID = ["let = = 2", "foo)", "1 +* 2", "const x = ;", '"abc', "'abc\n'", "class { }}", "if (x) }", "a b"];

describe("isComplete", () => {
  it.each(COMPLETE)("complete: %j", (code) => {
    expect(isComplete(code)).toEqual({ status: "complete", indent: "" });
  });
  it.each(INCOMPLETE)("incomplete: %j", (code, indent) => {
    expect(isComplete(code)).toEqual({ status: "incomplete", indent });
  });
  it.each(INVALID)("invalid: %j", (code) => {
    expect(isComplete(code)).toEqual({ status: "invalid", indent: "" });
  });
});
