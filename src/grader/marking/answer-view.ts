/** A student's answer with what the grader's run showed around it, as HTML in which nothing of the student's can act. */
import { escapeHtml } from "dnn-lab-core/html";
import { type Cell, type MimeData, type Notebook, type Output, headingIn, joined } from "dnn-lab-notebooks";
import { graderOf } from "../assignment/grader-cell";

/** Of one text, in characters. */
const MOST_SHOWN = 50_000;

// eslint-disable-next-line no-control-regex
const legible = (text: string): string => text.replace(/\x1b\[[0-9;]*m/g, "").slice(0, MOST_SHOWN);
const pre = (text: string, kind = ""): string => `<pre class="${kind}">${escapeHtml(legible(text))}</pre>`;

/** Pictures are shown as pictures, in which no script runs, whatever they hold. */
function picture(data: MimeData): string | undefined {
  for (const mime of ["image/png", "image/jpeg", "image/gif"]) {
    const content = data[mime];
    if (content === undefined) continue;
    const base64 = joined(content as string).replace(/[^A-Za-z0-9+/=]/g, "");
    return `<img alt="output" src="data:${mime};base64,${base64}">`;
  }
  const svg = data["image/svg+xml"];
  if (svg === undefined) return undefined;
  const base64 = Buffer.from(joined(svg as string)).toString("base64");
  return `<img alt="output" src="data:image/svg+xml;base64,${base64}">`;
}

const PLOTLY = "application/vnd.plotly.v1+json";

function display(data: MimeData): string {
  const image = picture(data);
  if (image !== undefined) return image;
  const text = joined((data["text/plain"] ?? data["text/markdown"] ?? data["text/html"] ?? "") as string);
  if (data[PLOTLY] === undefined) return pre(text);
  // Drawn by the page; the text stays where plotly.js is not installed.
  return `<div class="figure" data-figure="${escapeHtml(JSON.stringify(data[PLOTLY]))}">${pre(text)}</div>`;
}

/** One output of a cell. */
export function outputHtml(output: Output): string {
  switch (output.output_type) {
    case "stream":
      return pre(joined(output.text), output.name === "stderr" ? "stderr" : "");
    case "error":
      return pre(`${output.ename}: ${output.evalue}`, "stderr");
    default:
      return display(output.data ?? {});
  }
}

const outputsOf = ({ outputs = [] }: Cell): string => outputs.map(outputHtml).join("\n");

const attachmentsOf = ({ attachments = {} }: Cell): string =>
  Object.values(attachments)
    .flatMap((data) => picture(data) ?? [])
    .join("\n");

function cellHtml(cell: Cell, isOpen = false): string {
  const source = joined(cell.source);
  if (cell.cell_type !== "code") return `${pre(source, "text")}${attachmentsOf(cell)}`;
  const shown = `<details${isOpen ? " open" : ""}><summary>code</summary>${pre(source)}</details>`;
  return `<div class="cell">${shown}${outputsOf(cell)}</div>`;
}

const idOf = (cell: Cell): string | undefined => {
  try {
    return graderOf(cell)?.grade_id;
  } catch {
    return undefined;
  }
};

/** The cells under the same heading as the one with that `grade_id`; empty when it is not there. */
export function sectionOf({ cells }: Notebook, id: string): readonly Cell[] {
  const at = cells.findIndex((cell) => idOf(cell) === id);
  if (at < 0) return [];
  const isHeading = (cell: Cell, i: number): boolean =>
    i !== at && cell.cell_type === "markdown" && headingIn(joined(cell.source)) !== null;
  const from = cells.findLastIndex((cell, i) => i < at && isHeading(cell, i));
  const next = cells.findIndex((cell, i) => i > at && isHeading(cell, i));
  return cells.slice(Math.max(0, from), next < 0 ? undefined : next);
}

/** What the run showed in the section of an answer, without the answer's own text; around a check with the code that it has tested. */
export function surroundings(executed: Notebook, id: string): string {
  const cells = sectionOf(executed, id);
  const own = cells.find((cell) => idOf(cell) === id);
  const isCheck = own?.cell_type === "code";
  return cells
    .map((cell) => (cell === own && !isCheck ? attachmentsOf(cell) : cellHtml(cell, isCheck && cell !== own)))
    .join("\n");
}

/** A whole notebook as the grader's run left it. */
export const notebookHtml = ({ cells }: Notebook): string => cells.map((cell) => cellHtml(cell)).join("\n");

/** An answer's own text. */
export const answerHtml = (answer: string): string => pre(answer || "(no answer)", "answer");
