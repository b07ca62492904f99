/** Notebooks that are not as they should be, each in one way. A check must report every one as what it is. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Cell, codeCells, type Notebook, type Output, type ProblemKind } from "dnn-lab-notebooks";
import { circumstancesOf, referenceCell, writeReference } from "dnn-lab-notebooks/internal/results/references";

export interface BadNotebook {
  /** Name of its file. */
  readonly name: string;
  /** For the table. */
  readonly what: string;
  readonly cells: readonly Cell[];
  /** The cells when the reference was stored, with their outputs; the same without outputs where left away. */
  readonly accepted?: readonly Cell[];
  /** What our check reports. */
  readonly kind: ProblemKind;
  /** Whether it ends by a time limit only. */
  readonly endless?: boolean;
  /** Whether it needs a limit on memory, so that a test does not take the whole machine's. */
  readonly hungry?: boolean;
  readonly kernel?: string;
  /** Whether the stored reference is edited afterwards. */
  readonly edited?: boolean;
}

/** A kernelspec of this name must start a program that never answers. */
export const SILENT_KERNEL = "silent-kernel";
/** For kernels of hungry notebooks. */
export const MEMORY_LIMIT = "--max-old-space-size=300";

let ids = 0;
const code = (source: string, tags: string[] = [], outputs: Output[] = []): Cell => ({
  ...{ id: `bad-${++ids}`, cell_type: "code", metadata: tags.length ? { tags } : {}, source, outputs },
  execution_count: null,
});
export const printed = (text: string): Output => ({ output_type: "stream", name: "stdout", text });

/** A cell as it is now, and as it was when accepted: same source, other outputs. */
export function drifted(source: string, outputs: Output[]): Pick<BadNotebook, "cells" | "accepted"> {
  const cell = code(source);
  return { cells: [cell], accepted: [{ ...cell, outputs, execution_count: 1 }] };
}

export const PLOTLY = "application/vnd.plotly.v1+json";
const curve = (last: number) => ({ data: [{ x: [1, 2], y: [0.5, last], name: "val_accuracy" }], layout: {} });
const GOOD = 'console.log("fine");';
const good = (): Cell => code(GOOD, [], [printed("fine\n")]);

/** A code cell that somebody made raw, so that it does not run. */
function madeRaw(): Pick<BadNotebook, "cells" | "accepted"> {
  const first = good();
  const second = code('console.log("second");');
  const { outputs: _, execution_count: __, ...rest } = second;
  const accepted = [
    { ...first, outputs: [printed("fine\n")], execution_count: 1 },
    { ...second, outputs: [printed("second\n")], execution_count: 2 },
  ];
  return { cells: [first, { ...rest, cell_type: "raw" }], accepted };
}

export const badNotebooks: readonly BadNotebook[] = [
  { name: "throw", what: "a cell throws", cells: [code('throw new Error("bad");')], kind: "cell" },
  { name: "type-error", what: "a type error", cells: [code('const a: number = "text";')], kind: "type-error" },
  {
    ...{ name: "rejection", what: "a rejected promise that nobody awaits", kind: "late-error" },
    cells: [
      code('void new Promise((_, no) => setImmediate(() => setTimeout(() => no(new Error("floating")), 1300)));'),
      code("await new Promise((r) => setTimeout(r, 2500));"),
      good(),
    ],
  },
  {
    ...{ name: "rejection-last", what: "the same in the last cell, without a timer", kind: "late-error" },
    cells: [code('void import("node:fs/promises").then((fs) => fs.open("/nowhere/at/all")); undefined')],
  },
  { name: "exit-1", what: "`process.exit(1)`", cells: [code("process.exit(1);"), good()], kind: "cell" },
  {
    name: "exit-0-last",
    what: "`process.exit(0)` in the last cell",
    cells: [good(), code("process.exit(0);")],
    kind: "kernel-exit",
  },
  { name: "crash", what: "a native crash", cells: [code("process.abort();")], kind: "dead-kernel" },
  {
    name: "memory",
    what: "memory exhausted",
    hungry: true,
    kind: "out-of-memory",
    cells: [code("const all: number[][] = [];\nfor (;;) all.push(new Array(1e6).fill(1.5));")],
  },
  { name: "endless", what: "an endless loop", endless: true, kind: "cell-timeout", cells: [code("for (;;);")] },
  {
    name: "endless-async",
    what: "an endless loop that awaits",
    endless: true,
    kind: "cell-timeout",
    cells: [code("for (;;) await new Promise((r) => setTimeout(r, 10));")],
  },
  {
    name: "no-start",
    what: "a kernel that never starts",
    kind: "kernel-start",
    kernel: SILENT_KERNEL,
    cells: [good()],
  },
  {
    ...{ name: "late-output", what: "output after the cell's reply", kind: "late-output" },
    cells: [
      code('setTimeout(() => console.log("late"), 1300); undefined'),
      code("await new Promise((r) => setTimeout(r, 2000));"),
    ],
  },
  {
    name: "skipped",
    what: "a cell skipped by a forgotten tag",
    kind: "skipped-cell",
    cells: [good(), code('throw new Error("never seen");', ["skip-execution"])],
  },
  { name: "made-raw", what: "a cell turned into a raw one", kind: "removed-cell", ...madeRaw() },
  {
    name: "not-raised",
    what: "an expected error that does not come",
    kind: "not-raised",
    cells: [code("1;", ["raises-exception"]), good()],
  },
  { name: "no-cells", what: "no code cells", kind: "empty", cells: [] },
  { name: "no-checks", what: "nothing to check", kind: "nothing-checked", cells: [code("const a = 1;")] },
  {
    name: "edited-reference",
    what: "an edited reference",
    kind: "edited-reference",
    edited: true,
    ...drifted(GOOD, [printed("fine\n")]),
  },
  {
    name: "number",
    what: "a number that is another",
    kind: "difference",
    ...drifted('console.log("val_accuracy: 0.8012");', [printed("val_accuracy: 0.8663\n")]),
  },
  {
    ...{ name: "below-minimum", what: "a number below its minimum, in the reference too", kind: "difference" },
    ...drifted('// @check val_accuracy: min=0.85\nconsole.log("val_accuracy: 0.8012");', [
      printed("val_accuracy: 0.8012\n"),
    ]),
  },
  {
    ...{ name: "figure", what: "a figure with another curve", kind: "difference" },
    ...drifted(`display({ data: [{ x: [1, 2], y: [0.5, 0.6], name: "val_accuracy" }], layout: {} }); undefined`, [
      { output_type: "display_data", data: { [PLOTLY]: curve(0.9), "text/plain": "a figure" }, metadata: {} },
    ]),
  },
  {
    name: "missing-output",
    what: "an output that does not come any more",
    kind: "difference",
    ...drifted("undefined", [printed("fine\n")]),
  },
  {
    name: "bad-rule",
    what: "a misspelt `@check`",
    kind: "bad-rule",
    cells: [code(`// @check tolerence=0.1\n${GOOD}`, [], [printed("fine\n")])],
  },
];

/** The notebook that is run; with `stored`, it carries the outputs of when it was accepted, as nbval wants them. */
export function notebookOf({ cells, accepted, kernel = "tslab" }: BadNotebook, stored = false): Notebook {
  const outputsOf = (cell: Cell) => (accepted?.find(({ id }) => id === cell.id) ?? cell).outputs ?? [];
  let count = 0;
  const filled = cells.map((cell) =>
    cell.cell_type === "code" && stored ? { ...cell, outputs: outputsOf(cell), execution_count: ++count } : cell,
  );
  const kernelspec = { name: kernel, display_name: kernel, language: "typescript" };
  return { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: filled };
}

/** Writes the reference that the notebook at `path` is compared with: what it gave when it was accepted. */
export function acceptBadNotebook(bad: BadNotebook, path: string): void {
  const accepted = codeCells(notebookOf({ ...bad, cells: bad.accepted ?? bad.cells }, true));
  const cells = accepted.map((cell) => referenceCell({ ...cell, executionCount: cell.cell }));
  const circumstances = circumstancesOf(undefined, {});
  const stored = writeReference(path, { ...circumstances, notebook: bad.name, accepted: "", commit: "", cells });
  if (bad.edited) writeFileSync(stored, readFileSync(stored, "utf8").replace("fine", "Fine"));
}

/** Registers a kernel that never says anything; returns the folder for `JUPYTER_PATH`. */
export function installSilentKernel(folder: string): string {
  const spec = join(folder, "jupyter", "kernels", SILENT_KERNEL);
  mkdirSync(spec, { recursive: true });
  const argv = [process.execPath, "-e", "setInterval(() => {}, 1000)", "{connection_file}"];
  writeFileSync(join(spec, "kernel.json"), JSON.stringify({ argv, display_name: "silent", language: "typescript" }));
  return join(folder, "jupyter");
}
