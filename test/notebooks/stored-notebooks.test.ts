/** Every notebook of the project as it is stored: executed in order, whole, without errors; topics with claims and questions. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { countsProblem, readExecutionCounts } from "../../src/notebooks/notebook/execution-counts";
import { publishedNotebooks } from "../../src/library/reports/published";
import { reproducedNotebooks, sourcePath } from "../../scripts/reproduce-notebooks";

interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string | string[];
  readonly data?: Readonly<Record<string, unknown>>;
}
interface Cell {
  readonly cell_type: string;
  readonly source: string | string[];
  readonly outputs?: readonly Output[];
  readonly execution_count?: number | null;
}

const root = join(__dirname, "../..");
const below = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ipynb") && !name.includes(".ipynb_checkpoints"))
    .map((name) => join(folder, name))
    .sort();
const notebooks = below("notebooks");
const topics = notebooks.filter((name) => name.startsWith(join("notebooks", "topics")));
/** What is handed out to students is not executed. */
const files = [...notebooks, join("case-studies", "cifar-10", "case_study.ipynb")];
const text = (source: string | string[] = "") => [source].flat().join("");
const cellsOf = (file: string) => (JSON.parse(readFileSync(join(root, file), "utf8")) as { cells: Cell[] }).cells;
const codeOf = (file: string) => cellsOf(file).filter(({ cell_type }) => cell_type === "code");
const printed = ({ outputs = [] }: Cell) => outputs.map((output) => text(output.text)).join("");

it("finds the notebooks", () => {
  expect(topics.length).toBeGreaterThanOrEqual(7);
  const published = Object.keys(publishedNotebooks).map((path) => join("notebooks", path));
  expect(notebooks.filter((file) => !topics.includes(file))).toEqual(published.sort());
});

it.each(reproducedNotebooks)("$path has the cells that are counted", (notebook) => {
  const counts = readExecutionCounts(join(root, sourcePath(notebook)));
  expect(countsProblem(counts, notebook.lastCell)).toBeUndefined();
});

it.each(Object.entries(publishedNotebooks))(
  "%s fits and plots where the course does",
  (path, { sections, bests = [] }) => {
    const cells = codeOf(join("notebooks", path));
    for (const { fitCell } of bests) expect(text(cells[fitCell - 1].source), `In[${fitCell}]`).toMatch(/await fit\(/);
    for (const {
      fitCell,
      cells: [, plotCell],
    } of sections) {
      expect(text(cells[fitCell - 1].source), `In[${fitCell}]`).toMatch(/await fit\(/);
      expect(text(cells[plotCell - 1].source), `In[${plotCell}]`).toMatch(/published(Run|From)\(/);
    }
  },
);

describe.each(files)("%s", (file) => {
  const cells = codeOf(file);

  it("was executed from the first cell to the last, without an error or a word on stderr", () => {
    expect(countsProblem(readExecutionCounts(join(root, file)), cells.length)).toBeUndefined();
    const outputs = cells.flatMap(({ outputs: own = [] }) => own);
    // A notice of where a base comes from is no complaint.
    const isNotice = (output: Output) => text(output.text).startsWith("selfPretrainedBase: ");
    const complaints = outputs.filter((output) => output.name === "stderr" && !isNotice(output));
    expect([...outputs.filter(({ output_type }) => output_type === "error"), ...complaints]).toEqual([]);
  });

  it("has the outputs that its cells ask for: figures interactively and as images, tables, printed lines", () => {
    for (const cell of cells) {
      const source = text(cell.source);
      const shown = (cell.outputs ?? []).filter(({ data }) => data);
      const figures = shown.filter(({ data }) => data!["application/vnd.plotly.v1+json"]);
      const where = `In[${cell.execution_count}]`;
      expect(shown.length, where).toBeGreaterThanOrEqual(source.match(/^(await )?display\(/gm)?.length ?? 0);
      if (/Figure\(|learningCurve\(/.test(source) && source.includes("display("))
        expect(figures.length, where).toBeGreaterThan(0);
      for (const { data } of figures) expect(typeof data!["image/png"], where).toBe("string");
      if (/^(console\.log|checkClaim)\(/m.test(source)) expect(printed(cell), where).not.toBe("");
    }
  });

  it("imports from the library alone, or from Node and the files beside it", () => {
    const imported = cells.flatMap(({ source }) =>
      [...text(source).matchAll(/from "([^"]+)"/g)].map(([, name]) => name),
    );
    expect(imported).toContain("dnn-lab");
    const allowed = file.startsWith("case-studies")
      ? /^(dnn-lab(\/reproduce)?|node:(path|fs)|\.\/.*)$/
      : /^(dnn-lab(\/reproduce)?|dnn-lab-kernel\/widgets|node:(path|fs|os))$/;
    expect(imported.filter((name) => !allowed.test(name))).toEqual([]);
  });

  it("names no place of the machine that it ran on", () => {
    const outputs = cells.flatMap(({ outputs: own = [] }) =>
      own.map(({ data, ...rest }) => JSON.stringify([rest, data?.["text/plain"]])),
    );
    expect(outputs.filter((line) => /\/(home|work|root|tmp|Users)\//.test(line))).toEqual([]);
  });
});

describe.each(topics)("%s", (file) => {
  const cells = codeOf(file);

  it("checks its claims, and all held", () => {
    const claims = cells.reduce((sum, cell) => sum + (text(cell.source).match(/checkClaim\(/g)?.length ?? 0), 0);
    const held = cells.map(printed).join("").match(/^✓ /gm)?.length ?? 0;
    expect(claims).toBeGreaterThanOrEqual(3);
    expect(held).toBeGreaterThanOrEqual(claims);
    expect(cells.map(printed).join("")).not.toContain("– unchecked");
  });

  it("has something to play with: a figure with a slider in the notebook itself, and one where the kernel runs", () => {
    const bundles = cells.flatMap(({ outputs = [] }) => outputs.flatMap(({ data }) => (data ? [data] : [])));
    const figures = bundles.flatMap(
      (data) => (data["application/vnd.plotly.v1+json"] ?? []) as { frames?: unknown[] }[],
    );
    if (!/(data_sets|transfer_learning)\.ipynb$/.test(file)) {
      expect(bundles.some((data) => "application/vnd.jupyter.widget-view+json" in data)).toBe(true);
      expect(cells.some(({ source }) => /await interact\(/.test(text(source)))).toBe(true);
    }
    expect(figures.filter(({ frames = [] }) => frames.length > 2).length).toBeGreaterThan(0);
  });

  it("has exercises with a check, not answered yet, and a folded solution to each", () => {
    const exercises = cells.flatMap(({ source }) => text(source).match(/^checkAnswer[<(]/gm) ?? []);
    expect(exercises.length).toBeGreaterThanOrEqual(2);
    expect(
      cells
        .map(printed)
        .join("")
        .match(/^○ .*: not answered yet$/gm),
    ).toHaveLength(exercises.length);
    const texts = cellsOf(file).map(({ source }) => text(source));
    const solutions = texts.join("\n").match(/<details><summary>Solution<\/summary>\n\n[\s\S]+?\n<\/details>/g);
    expect(solutions).toHaveLength(exercises.length);
  });

  it("asks for a prediction, and says where to read on", () => {
    const texts = cellsOf(file).map(({ source }) => text(source));
    expect(texts.join("\n")).toMatch(/predict/i);
    if (file.endsWith("playground.ipynb")) return;
    const reading = texts.find((each) => each.startsWith("## Reading"));
    expect(reading?.match(/^- /gm)?.length ?? 0).toBeGreaterThanOrEqual(2);
  });

  it("ends with questions whose answers are hidden at first", () => {
    const last = text(cellsOf(file).at(-1)!.source);
    expect(last).toMatch(/^## Questions/);
    const answers = last.match(/<details><summary>Answer<\/summary>\n\n[\s\S]+?\n<\/details>/g) ?? [];
    expect(answers.length).toBeGreaterThanOrEqual(3);
    expect(last.match(/^\*\*\d+\.\*\*/gm)).toHaveLength(answers.length);
    expect(last).not.toContain("<details open");
  });

  it("has a title that says what its file is about", () => {
    const words = basename(file, ".ipynb").split("_");
    const title = text(cellsOf(file)[0].source).split("\n")[0].toLowerCase();
    expect(words.filter((word) => !title.includes(word))).toEqual([]);
  });
});
