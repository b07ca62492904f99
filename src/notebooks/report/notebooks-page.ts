/** A static page: what differs, ours beside the reference, figures drawn from both. */
import { readFileSync } from "node:fs";
import { escapeHtml } from "dnn-lab-core/html";
import { restsText } from "../inputs/observed";
import { findOptional } from "dnn-lab-core/optional-package";
import { PLOTLY } from "../check/outputs";
import { joined, type Output } from "../notebook/notebook-file";
import type { CellResult, NotebookResult, Problem } from "../results/results";
import { pageStyle } from "./notebooks-page-style";
import { pictureDifferences } from "./pictures";
import { resultLine } from "./run-summary";

// eslint-disable-next-line no-control-regex
const uncoloured = (text: string): string => text.replace(/\x1b\[[0-9;]*m/g, "");

/** Figures wait as JSON beside their place; `<` must not end the script element. */
interface Page {
  figures: number;
}

function outputHtml(output: Output, page: Page): string {
  if (output.output_type === "stream")
    return `<pre class="${output.name}">${escapeHtml(uncoloured(joined(output.text)))}</pre>`;
  if (output.output_type === "error")
    return `<pre class="stderr">${escapeHtml(`${output.ename}: ${output.evalue}`)}</pre>`;
  const data = output.data ?? {};
  if (data[PLOTLY] !== undefined) {
    const id = `figure-${++page.figures}`;
    const json = JSON.stringify(data[PLOTLY]).replace(/</g, "\\u003c");
    return `<div class="figure" id="${id}"></div><script type="application/json" data-for="${id}">${json}</script>`;
  }
  const text = (mime: string) => joined(data[mime] as string | string[]);
  // A notebook's own HTML runs in a frame without scripts.
  if (data["text/html"] !== undefined)
    return `<iframe sandbox srcdoc="${escapeHtml(text("text/html"))}" loading="lazy"></iframe>`;
  const picture = ["image/png", "image/jpeg", "image/gif"].find((mime) => data[mime] !== undefined);
  if (picture) return `<img alt="" src="data:${picture};base64,${escapeHtml(text(picture).replace(/\s/g, ""))}">`;
  if (data["image/svg+xml"] !== undefined) {
    return `<img alt="" src="data:image/svg+xml;base64,${Buffer.from(text("image/svg+xml")).toString("base64")}">`;
  }
  const [mime] = Object.keys(data);
  const shown =
    data["text/plain"] !== undefined
      ? text("text/plain")
      : typeof data[mime] === "string"
        ? text(mime)
        : JSON.stringify(data[mime], null, 1);
  return `<pre>${escapeHtml(uncoloured(shown ?? ""))}</pre>`;
}

function outputsHtml(title: string, outputs: readonly Output[] | undefined, page: Page): string {
  const inner =
    outputs === undefined
      ? "<p>nothing stored</p>"
      : outputs.map((output) => outputHtml(output, page)).join("\n") || "<p>no output</p>";
  return `<section><h4>${title}</h4>${inner}</section>`;
}

function differencesHtml({ differences }: CellResult): string {
  const rows = differences.map(({ kind, where, message, reference, ours }) => {
    const short = (text: string | undefined) => (text === undefined || text.length > 60 ? "" : escapeHtml(text));
    return `<tr><td>${kind}</td><td>${escapeHtml(where)}</td><td>${short(reference)}</td><td>${short(ours)}</td><td>${escapeHtml(message)}</td></tr>`;
  });
  if (rows.length === 0) return "";
  return `<table><tr><th>kind</th><th>where</th><th>reference</th><th>this run</th><th>what is different</th></tr>${rows.join("")}</table>`;
}

function problemHtml({ kind, message, details }: Problem): string {
  const more = details ? `<pre class="stderr">${escapeHtml(uncoloured(details))}</pre>` : "";
  return `<p class="problem"><b>${kind}</b> ${escapeHtml(message)}</p>${more}`;
}

function cellHtml(cell: CellResult, problems: readonly Problem[], page: Page): string {
  const mine = problems.filter((problem) => problem.cell === cell.cell && problem.kind !== "difference");
  const bad = mine.length > 0 || cell.differences.length > 0;
  const head = `In[${cell.executionCount ?? " "}] ${cell.section ?? ""}`;
  const summary = `<summary><span class="mark ${bad ? "changed" : cell.status}">${cell.status}</span> ${escapeHtml(head)} <code>${escapeHtml(cell.source.trim().split("\n")[0])}</code> <small>line ${cell.line}, ${cell.seconds.toFixed(2)} s${cell.numbers ? `, ${cell.numbers} numbers` : ""}${cell.edited ? ", source edited" : ""}</small></summary>`;
  const source = `<pre class="source">${escapeHtml(cell.source)}</pre>`;
  if (!bad) return `<details>${summary}${source}</details>`;
  const pictures = cell.differences.some(({ kind }) => kind === "image")
    ? pictureDifferences(cell.reference ?? [], cell.outputs)
    : [];
  const marked = pictures
    .map((png) => `<section><h4>Difference</h4><img alt="" src="data:image/png;base64,${png}"></section>`)
    .join("");
  const noise = cell.noise?.length ? `<p class="made">Taken for noise: ${escapeHtml(cell.noise.join("; "))}</p>` : "";
  const beside = `<div class="beside">${outputsHtml("Reference", cell.reference, page)}${outputsHtml("This run", cell.outputs, page)}${marked}</div>${noise}`;
  return `<details open>${summary}${source}${mine.map(problemHtml).join("")}${differencesHtml(cell)}${beside}</details>`;
}

function notebookHtml(result: NotebookResult, page: Page): string {
  const { cells, problems, provenance } = result;
  const general = problems.filter(({ cell }) => !cells.some((each) => each.cell === cell));
  const made = provenance
    ? `<p class="made">${escapeHtml(
        `commit ${provenance.commit.slice(0, 12)}${provenance.dirty ? " with changes" : ""}; ${provenance.machine.cpu}; Node ${provenance.inputs.versions.node}; ` +
          `engine ${provenance.facts?.engine ?? "not told"}; seed ${provenance.facts?.seed ?? "not told"}; ${provenance.finished}${provenance.rests ? `; rests on ${restsText(provenance.rests)}` : ""}`,
      )}</p>`
    : "";
  return `<article class="${result.status}"><h2>${escapeHtml(resultLine(result))}</h2>${made}${general.map(problemHtml).join("")}${cells.map((cell) => cellHtml(cell, problems, page)).join("\n")}</article>`;
}

const drawing = `
for (const place of document.querySelectorAll(".figure")) {
  const figure = JSON.parse(document.querySelector('script[data-for="' + place.id + '"]').textContent);
  const layout = { ...figure.layout, width: undefined, height: 320, autosize: true };
  Plotly.newPlot(place, figure.data, layout, { responsive: true, displaylogo: false });
}`;

/** The page; plotly.js is in it when a figure is, and the package plotly.js-dist-min is installed: else figures stay pictures. */
export function htmlReport(results: readonly NotebookResult[], summary: string): string {
  const page: Page = { figures: 0 };
  const order = ["failed", "changed", "unchecked", "interrupted", "passed", "executed", "skipped"];
  const sorted = [...results].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const articles = sorted.map((result) => notebookHtml(result, page)).join("\n");
  const plotly = page.figures > 0 ? findOptional("plotly.js-dist-min") : undefined;
  const script =
    plotly !== undefined
      ? `<script>${readFileSync(plotly, "utf8").replace(/<\/script/gi, "<\\/script")}</script><script>${drawing}</script>`
      : "";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Notebooks</title><style>${pageStyle}</style></head>
<body><h1>Notebooks</h1><p>${escapeHtml(summary)}</p>
${articles}
${script}</body></html>
`;
}
