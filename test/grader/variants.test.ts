/** Values of their own for each student: drawn by the student's id, in the template and in the grader alike. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Notebook, joined } from "dnn-lab-notebooks";
import { Roster } from "../../src/grader/archive/roster";
import { assignmentOf, readAssignment } from "../../src/grader/assignment/assignment";
import { withConstants } from "../../src/grader/assignment/constants";
import { drawn, readVariants } from "../../src/grader/assignment/variants";
import { writeVariants } from "../../src/grader/authoring/author";
import { feedbackHtml } from "../../src/grader/feedback/feedback-page";
import { doJob, jobFor } from "../../src/grader/queue/job";
import { noContainment } from "../../src/grader/sandbox/containment";
import { answer, checks, given, settings, sourceNotebook } from "./assignments";

vi.setConfig({ testTimeout: 300_000 });

const variants = { n: { from: 2, to: 50 }, label: ["red", "green", "blue"] };
const notebook = (own: object = {}): Notebook =>
  sourceNotebook(
    [
      given("set-up", 'const n = 4; // yours\nconst label = "none";', ["parameters"]),
      answer("triple", "// BEGIN SOLUTION\nconst triple = (x: number) => 3 * x;\n// END SOLUTION"),
      checks(
        "triple-check",
        3,
        `check("triple", ({ test, equals }) => {
  test("one", 1, "triple(1)", equals(3));
  // BEGIN HIDDEN TESTS
  test("your n", 2, { n: "n", found: "triple(n)" }, ({ n, found }) => found === 3 * n);
  // END HIDDEN TESTS
});`,
      ),
    ],
    { ...settings, quality: [], variants, ...own },
  );

describe("a variant", () => {
  it("is drawn by the assignment and the student alone, within what is offered", () => {
    const all = Array.from({ length: 200 }, (_, i) => drawn(variants, "hw", `s${i}`));
    expect(drawn(variants, "hw", "s7")).toEqual(all[7]);
    expect(drawn(variants, "hw2", "s7")).not.toEqual(all[7]);
    expect(new Set(all.map(({ label }) => label))).toEqual(new Set(variants.label));
    const numbers = all.map(({ n }) => n as number);
    expect([Math.min(...numbers) >= 2, Math.max(...numbers) <= 50]).toEqual([true, true]);
    expect(new Set(numbers).size).toBeGreaterThan(40);
  });

  it("stands in the parameters cell as a person would have written it; grades belong to the source", () => {
    const [ada, bob] = ["ada", "bob"].map((variant) => assignmentOf(notebook(), { variant }));
    const { n, label } = drawn(variants, "numbers", "ada");
    expect(joined(ada!.notebook.cells[0]!.source)).toBe(
      `const n = ${String(n)}; // yours\nconst label = "${String(label)}";`,
    );
    expect(ada!.variant).toEqual({ n: String(n), label: JSON.stringify(label) });
    expect(ada!.digest).toBe(bob!.digest);
    expect(ada!.cells.at(-1)!.check!.tests[1]!.expressions).toEqual({
      n: `(${String(n)})`,
      found: `triple((${String(n)}))`,
    });
  });

  it.each([
    [{ variants: [] }, /must be an object/],
    [{ variants: { n: [] } }, /variants.n is an empty list/],
    [{ variants: { n: { from: 3, to: 1 } } }, /to must be/],
    [{ variants: { m: [1] } }, /declares no 'm'/],
  ])("is refused when it can be none: %j", (own, message) =>
    expect(() => assignmentOf(notebook(own))).toThrow(message),
  );

  it("is nothing where none is asked for", () => expect(readVariants({})).toEqual({}));
});

describe("names that the grader has given", () => {
  it.each([
    ["square(n)", "square((9))"],
    ["n + a.n + b[n]", "(9) + a.n + b[(9)]"],
    ["({ n, m: n })", "({ n: (9), m: (9) })"],
    ["list.map((n) => n + 1)", "list.map((n) => n + 1)"],
    ["nn", "nn"],
    ["n(", "(9)("],
  ])("are not asked for: %s", (code, expected) => expect(withConstants(code, { n: "9" })).toBe(expected));
});

describe("a class with variants", () => {
  let folder = "";
  let source = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "dnn variants "));
    source = join(folder, "source.ipynb");
    writeFileSync(source, JSON.stringify(notebook()));
    writeFileSync(join(folder, "roster.csv"), "id,name,variant\n17,Ada,\n18,Bob,17\n19,Cy,\n");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const templates = () => writeVariants(source, Roster.read(join(folder, "roster.csv")).people, folder);
  const grade = async (student: string, template: string, code: string, variant?: string) => {
    const path = join(folder, `${student}.ipynb`);
    const own = JSON.parse(readFileSync(template, "utf8")) as Notebook;
    const cells = own.cells.map((cell, i) => (i === 1 ? { ...cell, source: code } : cell));
    writeFileSync(path, JSON.stringify({ ...own, cells }));
    const job = jobFor(path, readAssignment(source), source, join(folder, "results"), { student, variant });
    return doJob(job, { containment: noContainment });
  };

  it("has templates of their own, and a variant that the class list names", () => {
    const [ada, bob, cy] = templates().map((path) => readFileSync(path, "utf8"));
    expect(ada).toBe(bob);
    expect(ada).not.toBe(cy);
    expect(ada).not.toContain("variants");
  });

  it("is graded by one's own values, also from a friend's notebook and whatever n is made to be", async () => {
    const [ada, , cy] = templates();
    const right = await grade("17", ada!, "const triple = (x: number) => 3 * x;");
    expect([right.earned, right.notes]).toEqual([3, []]);
    expect(feedbackHtml(right, "x")).toContain("<th>your n</th>");
    const values = (key: string) => drawn(variants, "numbers", key).n as number;
    expect(values("17")).not.toBe(values("19"));
    const fitted = `const triple = (x: number) => (x === 1 ? 3 : ${3 * values("17")});`;
    expect((await grade("17", ada!, `// mine\n${fitted}`)).earned).toBe(3);
    const copied = await grade("19", ada!, `${fitted}\n(globalThis as any).n = ${values("17")};`);
    expect(copied.earned).toBe(1);
    expect(copied.notes.join()).toContain("'set-up' was changed");
    expect((await grade("19", cy!, "const triple = (x: number) => x + x + x;")).earned).toBe(3);
  });

  it("has another job where the class list gives somebody another variant", () => {
    const key = (variant?: string) =>
      jobFor(join(folder, "source.ipynb"), readAssignment(source), source, folder, { student: "17", variant }).key;
    expect(key()).toBe(key("17"));
    expect(key()).not.toBe(key("18"));
  });
});
