import { describe, expect, test } from "vitest";
import { planCell } from "../../../src/kernel/protocol/magics";

describe("planCell", () => {
  test("code without magics is left alone", () => {
    expect(planCell("a % b\n%c")).toEqual({ kind: "code", code: "a % b\n%c", timing: "none" });
  });

  test("a line magic becomes spaces, so that columns stay", () => {
    expect(planCell("%time f(x)")).toEqual({ kind: "code", code: "      f(x)", timing: "time" });
    expect(planCell("%timeit  f(x)\n")).toEqual({ kind: "code", code: "         f(x)\n", timing: "timeit" });
  });

  test("magics above the code keep its lines", () => {
    const plan = planCell("\n%check off\n%%time\nlet a = 1\na");
    expect(plan).toMatchObject({ kind: "code", timing: "time", check: "off" });
    const code = (plan as { code: string }).code;
    expect(code.split("\n").map((line) => line.trim())).toEqual(["", "", "", "let a = 1", "a"]);
  });

  test.each([
    ["%check warn", { kind: "check", mode: "warn" }],
    ["%check", { kind: "check", mode: undefined }],
    ["%reset\n", { kind: "reset" }],
    ["%help Math.cos", { kind: "help", topic: "Math.cos" }],
    ["%%sh\nls -l\n", { kind: "sh", script: "ls -l\n" }],
    ["%%html\n<b>", { kind: "show", mime: "text/html", text: "<b>" }],
    ["%%md\n# T", { kind: "show", mime: "text/markdown", text: "# T" }],
  ])("%j", (code, plan) => expect(planCell(code)).toEqual(plan));

  test.each([
    ["%nothing", "There is no magic %nothing"],
    ["%check perhaps", 'received "perhaps"'],
    ["%reset\n1 + 1", "must be alone"],
    ["/** @module a */\nexport {}", "@module"],
    ["/**\n * @browser\n */\n1", "@browser"],
  ])("%j is refused with a reason", (code, reason) => {
    expect(planCell(code)).toMatchObject({ kind: "refused", message: expect.stringContaining(reason) as string });
  });

  test("an ordinary doc comment is no metadata", () => {
    expect(planCell("/** Adds. @param a first */\nfunction add(a: number) { return a }").kind).toBe("code");
  });
});
