import { describe, expect, test } from "vitest";
import { planCell } from "../../../src/kernel/protocol/cell-plan";

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
    ["%help Math.cos", { kind: "help", topic: "Math.cos", level: 1 }],
    ["Math.cos?", { kind: "help", topic: "Math.cos", level: 0 }],
    ["?Math.cos", { kind: "help", topic: "Math.cos", level: 0 }],
    ["fit??", { kind: "help", topic: "fit", level: 1 }],
    ["%who", { kind: "who", types: false }],
    ["%whos", { kind: "who", types: true }],
    ["%stale", { kind: "stale" }],
    ["%stale on", { kind: "stale", marks: true }],
    ["%stale off", { kind: "stale", marks: false }],
    ["%lsmagic", { kind: "list" }],
    ["!ls", { kind: "sh", script: "ls" }],
    ["!ls -la *.ts\n! echo $HOME", { kind: "sh", script: "ls -la *.ts\necho $HOME" }],
    ["!./run.sh", { kind: "sh", script: "./run.sh" }],
    ["%npm install x", { kind: "sh", script: "npm install x" }],
    ["%%bash\necho 'a'", { kind: "sh", script: "exec bash -c 'echo '\\''a'\\'''" }],
    ["// shell\n%%sh\necho hi", { kind: "sh", script: "echo hi" }],
    ["%%latex\n$x$", { kind: "show", mime: "text/latex", text: "$x$" }],
    ["%%markdown\n# T", { kind: "show", mime: "text/markdown", text: "# T" }],
    ["%%javascript\nalert(1)", { kind: "show", mime: "application/javascript", text: "alert(1)" }],
    ["%%writefile a.ts\nlet a", { kind: "write", path: "a.ts", text: "let a", append: false }],
    ['%%writefile "a b.ts"\n1', { kind: "write", path: "a b.ts", text: "1", append: false }],
    ["%%writefile a\\ b.ts\n1", { kind: "write", path: "a b.ts", text: "1", append: false }],
    ["%%writefile -a a.ts\nlet a", { kind: "write", path: "a.ts", text: "let a", append: true }],
    ["%%sh\nls -l\n", { kind: "sh", script: "ls -l\n" }],
    ["%%html\n<b>", { kind: "show", mime: "text/html", text: "<b>" }],
    ["%%md\n# T", { kind: "show", mime: "text/markdown", text: "# T" }],
  ])("%j", (code, plan) => expect(planCell(code)).toEqual(plan));

  test.each([
    ["%nothing", "There is no magic %nothing"],
    ["%check perhaps", 'received "perhaps"'],
    ["%reset\n1 + 1", "must be alone"],
    ["%tiem f()", "Did you mean %time?"],
    ["%%wirtefile a.ts\n1", "Did you mean %%writefile?"],
    ["%writefile a.ts", "Did you mean %%writefile?"],
    ["%pip install x", "%npm install"],
    ["%%writefile\n1", "expects a file"],
    ["/** @module a */\nexport {}", "@module"],
    ["/**\n * @browser\n */\n1", "@browser"],
  ])("%j is refused with a reason", (code, reason) => {
    expect(planCell(code)).toMatchObject({ kind: "refused", message: expect.stringContaining(reason) as string });
  });

  test("an ordinary doc comment is no metadata", () => {
    expect(planCell("/** Adds. @param a first */\nfunction add(a: number) { return a }").kind).toBe("code");
  });

  test.each([
    ["x-jsdoc-module: @module in a text", "/** Adds. */\nfunction add() {}\nconst mail = 'dev@module.org' /* of us */"],
    [
      "x-jsdoc-module: @browser in a doc comment",
      "/**\n * Mean of a list.\n * @browser only an example\n */\nfunction mean() {}",
    ],
    ["x-jsdoc-module: TypeDoc's @module", "/**\n * Helpers.\n * @module\n */\nconst a = 1"],
    ["x-jsxpragma", "/** @jsx h */\nconst el = <div />"],
    ["a negation", "!done"],
    ["a negation of a constant", "!true"],
    ["a double negation", "!!a"],
    ["a negated group", "!(a || b)"],
    ["a condition", "a ? b : c"],
    ["a chain", "a?.b"],
  ])("%s is code", (_name, code) => {
    const isName = (name: string): boolean => ["done", "a", "b"].includes(name);
    expect(planCell(code, isName)).toEqual({ kind: "code", code, timing: "none" });
  });

  test.each([
    ["// how long?\n%time 1 + 1", "time"],
    ["/* note */\n\n%%time\n// comment\n1 + 1", "time"],
    ["// a\n%timeit -n 3 f()", "timeit"],
  ])("x-magic-comment: comments may stand above a magic: %j", (code, timing) => {
    const plan = planCell(code);
    expect(plan).toMatchObject({ kind: "code", timing });
    const lines = (text: string): number => text.split("\n").length;
    expect(lines((plan as { code: string }).code)).toBe(lines(code));
  });

  test("magics that set something are code on their line, with what follows below", () => {
    expect(planCell("%env A=1\n%cd ..\nlet a = 1")).toMatchObject({
      kind: "code",
      code: 'process.env["A"]="1";console.log("env: A=1");\nprocess.chdir("..");console.log(process.cwd());\nlet a = 1',
    });
    expect(planCell("%run lib/a.ts")).toMatchObject({ code: 'await import("./lib/a.ts");' });
  });

  test("magics that are not needed say so and let the code below run", () => {
    const plan = planCell("%load_ext autoreload\n%autoreload 2\nlet a = 1");
    expect(plan).toMatchObject({ kind: "code", notes: [expect.any(String), expect.stringContaining("read again")] });
    expect((plan as { code: string }).code.trim()).toBe("let a = 1");
  });
});
