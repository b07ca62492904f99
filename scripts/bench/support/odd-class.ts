/** A class as classes are: sixty people with names of all kinds and files as platforms give them out, honest, careless and hostile. */
import { lutimesSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Cell, Notebook } from "dnn-lab-notebooks";
import { assignmentOf, type Assignment } from "dnn-lab-grader/internal/assignment/assignment";
import { templateOf } from "dnn-lab-grader/internal/authoring/release";
import { writeZip } from "dnn-lab-grader/internal/archive/zip";

const base = { schema_version: 3, grade: false, solution: false, locked: false, task: false };

function cell(source: string, nbgrader?: object, tags: readonly string[] = []): Cell {
  const metadata = { ...(nbgrader ? { nbgrader: { ...base, ...nbgrader } } : {}), ...(tags.length ? { tags } : {}) };
  return { cell_type: "code", metadata, source, outputs: [], execution_count: null };
}

const limits = {
  ...{ cellSeconds: 60, notebookSeconds: 300, memoryMB: 1500, processes: 64 },
  ...{ fileMB: 5, outputMB: 0.1, submissionMB: 1 },
};

const source: Notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {
    kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" },
    dnn_lab: { assignment: { name: "odd-class", limits, variants: { n: { from: 3, to: 99 } } } },
  },
  cells: [
    cell("const n = 4;", { grade_id: "set-up", locked: true }, ["parameters"]),
    cell("// BEGIN SOLUTION\nconst square = (x: number): number => x * x;\n// END SOLUTION", {
      ...{ grade_id: "square", solution: true },
    }),
    cell(
      'check("square", ({ test, equals }) => {\n  test("3", 1, "square(3)", equals(9));\n  // BEGIN HIDDEN TESTS\n' +
        '  test("-2", 2, "square(-2)", equals(4));\n  test("your n", 2, { n: "n", found: "square(n)" }, ({ n, found }) => found === n * n);\n' +
        "  // END HIDDEN TESTS\n});",
      { grade_id: "square-check", grade: true, locked: true, points: 5 },
    ),
    cell("// BEGIN SOLUTION\nconst why = 'because';\n// END SOLUTION", {
      ...{ grade_id: "why", grade: true, solution: true, points: 2 },
    }),
  ],
};

const right = "const square = (x: number): number => x * x;";

/** What somebody writes: the answer, and cells beside it, or another shape of the whole notebook. */
interface Work {
  readonly answer?: string;
  readonly extra?: string;
  readonly shape?: (notebook: Notebook) => object;
}

const at = (notebook: Notebook, i: number): Cell => notebook.cells[i]!;

const works: Readonly<Record<string, Work>> = {
  right: {},
  half: { answer: "const square = (x: number) => Math.abs(x) * x;" },
  wrong: { answer: 'const square = (x: number): number => { throw new Error("no idea " + x); };' },
  types: { answer: "const square: string = 3;" },
  copied: { shape: (notebook) => ({ ...notebook, cells: [...notebook.cells, at(notebook, 1), at(notebook, 2)] }) },
  moved: { shape: (notebook) => ({ ...notebook, cells: [...notebook.cells].reverse() }) },
  windows: {
    shape: (notebook) => ({
      ...notebook,
      cells: notebook.cells.map((each) => ({ ...each, source: String(each.source).replaceAll("\n", "\r\n") })),
    }),
  },
  emoji: { extra: 'console.log("\u{1f600}".slice(0, 1));' },
  "own parameters": {
    shape: (notebook) => ({ ...notebook, cells: [cell("let n = 0;", undefined, ["parameters"]), ...notebook.cells] }),
  },
  "other n": { extra: "(globalThis as any).n = 1;" },
  lie: { answer: "const square = (x: number): any => ({ $bigint: 'no number' });" },
  tampering: {
    answer: "const square = (x: number) => 0;",
    extra: 'JSON.stringify = () => "9"; Array.prototype.map = () => [9];',
  },
  debugger: {
    answer: "const square = (x: number) => 0;",
    extra: 'new (require("node:inspector").Session)().connect();',
  },
  echo: { answer: "const square = (...args: any[]): any => { throw new Error(JSON.stringify(args)); };" },
  leaving: { extra: 'process.kill(process.pid, "SIGKILL");' },
  processes: {
    extra: 'require("node:child_process").spawn("sleep", ["1000"], { detached: true, stdio: "ignore" }).unref();',
  },
  flood: { extra: 'for (let i = 0; i < 2000; i++) console.log("x".repeat(1000));' },
  disk: { extra: 'for (let i = 0; i < 40; i++) require("node:fs").writeFileSync("/tmp/f" + i, Buffer.alloc(1e6));' },
};

const names = [
  ...[
    "Ada Lovelace",
    "Zoë O'Neil",
    "李 四",
    "علي حسن",
    "Łukasz Żółć",
    "José-María de la Ñ",
    "Anne-Marie d'Arc",
    "Bobby; DROP TABLE",
  ],
  ...[
    "$(touch x)",
    "=1+1",
    "-rf",
    "marks.csv",
    "index.html",
    "manual.csv",
    "CON",
    "x".repeat(90),
    "Ω Ωmega",
    "Ngũgĩ wa Thiong'o",
  ],
  ...["Müller, Jörg", "O`Brien", "Søren Ørsted", "Иван Петров", "नेहा शर्मा", "🦊 Fox"],
];

export interface Student {
  readonly id: string;
  readonly name: string;
}

/** Everybody in the class list; the last two hand in nothing. */
function people(count: number): Student[] {
  return Array.from({ length: count + 2 }, (_, i) => ({ id: String(4000 + i), name: names[i] ?? `Student ${i}` }));
}

function notebookOf(assignment: Assignment, { answer = right, extra, shape }: Work, number: number): Buffer {
  const template = templateOf(assignment);
  const cells = template.cells.map((each, i) => (i === 1 ? { ...each, source: `${answer} // ${number}` } : each));
  const whole = { ...template, cells: extra === undefined ? cells : [cell(extra), ...cells] };
  return Buffer.from(JSON.stringify(shape ? shape(whole) : whole));
}

/** How a good file may lie in a download: own name, Canvas, Moodle, archives of Macs and of Windows. */
function put(folder: string, { id, name }: Student, notebook: Buffer, number: number): string {
  const zip = (files: Record<string, Buffer>): Uint8Array => writeZip(new Map(Object.entries(files)));
  const ways: readonly (() => readonly [path: string, content: Uint8Array])[] = [
    () => [`${id}.ipynb`, notebook],
    () => [`student${number}_LATE_${id}_${9000 + number}_homework.ipynb`, notebook],
    () => [`${name.replace(/[/\\]/g, "")}_${70_000 + number}_assignsubmission_file_/homework.IPYNB`, notebook],
    () => [
      `${id}.zip`,
      zip({ "hw/ada.ipynb": notebook, "__MACOSX/hw/._ada.ipynb": Buffer.from("x"), "hw/.DS_Store": Buffer.from("x") }),
    ],
    () => [`${id}.zip`, zip({ "hw\\ADA.IPYNB": notebook, "hw\\data\\x.csv": Buffer.from("1,2") })],
  ];
  const [path, content] = ways[number % ways.length]!();
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
  return whole;
}

/** A file that cannot be graded. */
function broken(folder: string, { id }: Student, notebook: Buffer, number: number): string {
  const path = (end: string): string => join(folder, `${id}.${end}`);
  const damaged = Buffer.from(writeZip(new Map([["notebook.ipynb", notebook]])));
  damaged.fill(0, 40, 80);
  const packages = writeZip(
    new Map([
      ["notebook.ipynb", notebook],
      ["node_modules/x/index.js", Buffer.from("1")],
    ]),
  );
  const several = writeZip(
    new Map([
      ["a.ipynb", notebook],
      ["b.ipynb", notebook],
    ]),
  );
  const kinds: readonly (readonly [end: string, content: Uint8Array | string])[] = [
    ["ipynb", "my homework"],
    ["ipynb", '{"nbformat":{"toString":null},"cells":[]}'],
    ["zip", damaged],
    ["zip", packages],
    ["zip", several],
    [
      "ipynb",
      JSON.stringify({ nbformat: 4, metadata: { dnn_lab: { assignment: { name: "\u001b[2Jother" } } }, cells: [] }),
    ],
  ];
  const [end, content] = kinds[Math.floor(number / 4) % kinds.length]!;
  if (number % 13 === 5) symlinkSync("/etc/passwd", path("ipynb"));
  else writeFileSync(path(end), content);
  return path(number % 13 === 5 ? "ipynb" : end);
}

/** Writes source, class list and a download of `count` files; every fourth file is broken. */
export function writeOddClass(
  folder: string,
  count: number,
): { source: string; roster: string; handedIn: string; students: Student[] } {
  const handedIn = join(folder, "in");
  mkdirSync(handedIn, { recursive: true });
  const paths = { source: join(folder, "source.ipynb"), roster: join(folder, "roster.csv"), handedIn };
  writeFileSync(paths.source, JSON.stringify(source));
  const students = people(count);
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const rows = students.map(({ id, name }) =>
    [id, quoted(name), `s${id}@example.org`, Number(id) % 2 ? "1d" : ""].join(),
  );
  writeFileSync(paths.roster, `id,name,email,extension\n${rows.join("\n")}\n`);
  const kinds = Object.values(works);
  for (const [i, student] of students.slice(0, count).entries()) {
    const assignment = assignmentOf(source, { variant: student.id });
    const notebook = notebookOf(assignment, kinds[i % kinds.length]!, i);
    const path = i % 4 === 3 ? broken(handedIn, student, notebook, i) : put(handedIn, student, notebook, i);
    const time = new Date(Date.UTC(2026, 0, 1, i));
    // Of a link its own: the file that it leads to is not ours, and the link would be as old as this class, months late.
    lutimesSync(path, time, time);
  }
  return { ...paths, students };
}
