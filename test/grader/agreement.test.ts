/** `check("…")` in a notebook and the grader say the same of every value, limits included. */
import { describe, expect, it, vi } from "vitest";
import { plainValue } from "dnn-lab-core/checks/plain-value";
import { assignmentOf } from "../../src/grader/assignment/assignment";
import { gradeSubmission } from "../../src/grader/grading/grade";
import { noContainment } from "../../src/grader/sandbox/containment";
import { answer, answered, checks, inserted, settings, sourceNotebook } from "./assignments";

vi.setConfig({ testTimeout: 200_000 });

const values = `
class Model { #w = 1; get weights() { return [1, 2]; } units = 3; }
const model = new Model();
const big = new Float32Array(100_352);
const fits = new Float32Array(50_000);
const lazy = { get size() { return 3; } };
const deep = Array.from({ length: 14 }).reduce((x: any) => [x], 1);
const shallow = [[[1]]];
const text = "t".repeat(1_200_000);
const when = new Date(0);
const holes = [1, , 3];
const proxy = new Proxy({}, {});
const odd = { $bigint: "x" };`;

const tests = `
  test("big", 1, "big", (v: any) => v.length === 100_352);
  test("fits", 1, "fits", (v: any) => v.length === 50_000);
  test("lazy", 1, "lazy", (v: any) => v.size === 3);
  test("lazy word", 1, "lazy", (v: any) => v.size === "[computed property]");
  test("deep", 1, "deep", (v: any) => Array.isArray(v));
  test("shallow", 1, "shallow", (v: any) => v[0][0][0] === 1);
  test("text", 1, "text", (v: any) => v.length === 1_200_000);
  test("fn", 1, "Math.max", (v: any) => typeof v === "function");
  test("fn word", 1, "model.constructor", (v: any) => v === "[function Model]");
  test("map", 1, "new Map([[1, 2]])", (v: any) => Object.keys(v).length === 0);
  test("when", 1, "when", (v: any) => Object.keys(v).length === 0);
  test("holes", 1, "holes", (v: any) => v.length === 3 && v[1] === undefined);
  test("proxy", 1, "proxy", () => true);
  test("class", 1, "model", (v: any) => JSON.stringify(v) === '{"units":3}');
  test("private", 1, "model.weights", (v: any) => v.length === 2);
  test("odd", 1, "odd", (v: any) => v.$bigint === "x");
  test("nan", 1, "[NaN, -0, 1n, undefined]", (v: any) => Object.is(v[0], NaN) && Object.is(v[1], -0) && v[2] === 1n && v.length === 4);
  test("symbol", 1, "Symbol('a')", (v: any) => v === "[Symbol(a)]");`;

describe("check() and the grader", () => {
  it("agree on every value", async () => {
    const source = `import { check } from "dnn-lab";\nawait check("here", ({ test }) => {${tests}\n});`;
    const points = tests.match(/test\(/g)!.length;
    const assignment = assignmentOf(
      sourceNotebook(
        [
          answer("values", "// BEGIN SOLUTION\n// END SOLUTION"),
          checks("here", points, `check("here", ({ test }) => {${tests}\n});`),
        ],
        { ...settings, quality: [] },
      ),
    );
    const notebook = inserted(
      answered(assignment, { values }),
      1,
      `const told: string[] = []; const write = process.stdout.write; process.stdout.write = ((t: string) => { told.push(String(t)); return true; }) as any;`,
      source,
      "process.stdout.write = write;",
    );
    // What check() printed is read as the grader reads any value.
    const asked = assignmentOf(
      sourceNotebook(
        [
          ...assignment.notebook.cells,
          checks("told", 1, 'check("told", ({ test }) => test("told", 1, "told.join(\'\')", (v: any) => v));'),
        ],
        { ...settings, quality: [] },
      ),
    );
    const result = await gradeSubmission(
      { student: "ada", notebook, files: new Map(), claimed: undefined, hash: "", submitted: "" },
      asked,
      { containment: noContainment },
    );
    const graded = result.checks[0]!.tests.map(({ name, passed }) => `${passed ? "✓" : "✗"} ${name}`);
    const here = [...result.checks[1]!.tests[0]!.message!.matchAll(/^ {2}([✓✗] .*?) \(1 point\)/gm)].map(
      ([, line]) => line,
    );
    expect(result.errors).toEqual([]);
    expect(here).toEqual(graded);
    expect(graded.filter((line) => line.startsWith("✓")).length).toBeGreaterThan(8);
  });

  it("read no more than there is, and call nothing", () => {
    const counted = { calls: 0 };
    const value = {
      toJSON: () => counted.calls++,
      get a() {
        return counted.calls++;
      },
      b: [1],
    };
    expect(plainValue(value)).toEqual({ toJSON: "[function without a name]", a: "[computed property]", b: [1] });
    expect(counted.calls).toBe(0);
  });
});
