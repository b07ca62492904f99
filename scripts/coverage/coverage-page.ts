/** docs/coverage.md: the rows of the coverage as a page of Markdown. */
import { basename, dirname } from "node:path";
import type { CoverageRow } from "./coverage";
import { notShown, slidePages, statementsOf, type SlidePage } from "./slide-pages";

/** The page; the rows' files are linked relative to `docs/`. */
export function coveragePage(rows: readonly CoverageRow[]): string {
  const slides = [...new Set(rows.map(({ slide }) => slide))];
  const parts = slides.map((slide) =>
    section(
      slide,
      rows.filter((row) => row.slide === slide && !row.open),
    ),
  );
  const open = rows.filter((row) => row.open);
  const still = open.map(({ slide, content, open: reason }) => `- ${slide}: ${content} (${reason})`);
  return `${[
    "# What the slides state, and where it is shown",
    "Made by `npm run slides` from the cells' metadata (`slides`), the docstrings (`Slides' statements: …`), else the functions\nthat the cells use, and the tests of these functions; a test checks that it is up to date and that nothing is missing,\nand holds the list of pages at the end against the slides' own text, where that lies. Cells are named by their execution count.",
    ...parts.filter(Boolean),
    pageTable(rows),
    ...(still.length ? [`## Not shown yet\n\n${still.join("\n")}`] : []),
  ].join("\n\n")}\n`;
}

function section(slide: string, rows: readonly CoverageRow[]): string {
  if (rows.length === 0) return "";
  const lines = rows.map(
    (row) => `| ${row.content} | ${pages(row)} | ${cells(row)} | ${functions(row)} | ${tests(row)} |`,
  );
  return `## ${slide}\n\n| slide | pages | cells | functions | tests |\n| --- | --- | --- | --- | --- |\n${lines.join("\n")}`;
}

const pages = ({ id }: CoverageRow): string =>
  slidePages
    .filter((page) => statementsOf(page).includes(id))
    .map(({ page }) => page)
    .join(", ") || "–";

function cells({ cells: shown }: CoverageRow): string {
  const notebooks = [...new Set(shown.map(({ notebook }) => notebook))];
  return notebooks
    .map((notebook) => {
      const counts = shown.filter((cell) => cell.notebook === notebook).map(({ count }) => `In[${count}]`);
      return `[${shortName(notebook)}](../${notebook}) ${counts.join(", ")}`;
    })
    .join("<br>");
}

/** `p3_c2_s2_training_deep_neural_networks/code_example.ipynb` → `s2 code_example`; of a topic, its name. */
function shortName(notebook: string): string {
  const name = basename(notebook, ".ipynb");
  const chapter = /^p\d_c\d_(s\d)_/.exec(basename(dirname(notebook)))?.[1];
  return chapter ? `${chapter} ${name}` : name;
}

/** Page by page: what each states, and how many of its points only lead on. */
function pageTable(rows: readonly CoverageRow[]): string {
  const content = new Map(rows.map((row) => [row.id, row.content]));
  const lines = slidePages.map((page) => {
    const stated = statementsOf(page).map((id) => content.get(id));
    return `| ${page.page} | ${page.heading} | ${stated.join("; ") || "–"} | ${pointsText(page)} |`;
  });
  return `## Page by page\n\n| page | heading | states | points |\n| --- | --- | --- | --- |\n${lines.join("\n")}`;
}

function pointsText({ points }: SlidePage): string {
  const all = points.split(" ").filter(Boolean);
  const shown = all.filter((point) => !(point in notShown)).length;
  const others = Object.entries(notShown).flatMap(([sign, why]) => {
    const count = all.filter((point) => point === sign).length;
    return count ? [`${count} ${why}`] : [];
  });
  return all.length === 0 ? "–" : [`${shown} of ${all.length} shown`, ...others].join(", ");
}

const functions = ({ functions: used }: CoverageRow): string =>
  used.map(({ name, file }) => `[\`${name}\`](../${file})`).join(", ");

const tests = ({ tests: found }: CoverageRow): string =>
  found.map((test) => `[${basename(test, ".test.ts")}](../${test})`).join(", ");
