/** The comparison with published figures as HTML: the verdict on the whole, then a row for each figure. */
import { allPassed, toleranceReason, type ComparisonRow } from "../compare";
import { escapeHtml } from "dnn-lab-core/html";
import { signed } from "./comparison-text";
import { ofNotebook, type ReportedRun } from "./reported-run";

export function comparisonSection(runs: readonly ReportedRun[]): string {
  const [{ tolerance }] = runs[0].rows;
  return `${verdictCard(runs)}
${runs.map((run) => comparisonTable(run, ofNotebook(run, runs))).join("\n")}
<p class="note">Why ±${tolerance}: ${escapeHtml(toleranceReason)}</p>`;
}

function comparisonTable({ rows, published }: ReportedRun, notebook: string): string {
  const [{ tolerance }] = rows;
  return `<h2>Published figures and ours${notebook}</h2>
<div class="card">
<table class="comparison">
<thead><tr><th>Section</th><th>Figure</th><th class="number">Published</th><th class="number">Ours</th><th class="number">Difference</th><th>−${tolerance} … +${tolerance}</th><th>Verdict</th></tr></thead>
${bySection(rows).map(sectionBody).join("\n")}
</table>
</div>
<p class="note">Published: ${escapeHtml(published.source)}; ${escapeHtml(published.split)}.</p>`;
}

function verdictCard(runs: readonly ReportedRun[]): string {
  const rows = runs.flatMap((run) => run.rows);
  const good = allPassed(rows);
  const comparable = rows.some(({ verdict }) => verdict !== "not comparable");
  const headline = verdictLine(rows);
  const kind = !good ? "bad" : comparable ? "good" : "open";
  const said = [...new Set(runs.flatMap(({ record }) => record.data.notes))];
  const remarks = said.map((note) => (/[.!?]$/.test(note) ? note : `${note}.`)).join(" ");
  const notes = remarks ? `<p>${escapeHtml(remarks)}</p>` : "";
  return `<div class="card verdict ${kind}"><p><strong>${headline}</strong></p>${notes}</div>`;
}

/** The verdict on all figures in a sentence. */
function verdictLine(rows: readonly ComparisonRow[]): string {
  const failed = rows.filter((row) => !row.passed).length;
  const comparable = rows.filter(({ verdict }) => verdict !== "not comparable");
  const others = rows.length - comparable.length;
  if (comparable.length === 0) {
    return failed === 0
      ? "Not comparable: this run was not made as the published one was."
      : `Something is wrong: ${failed} of ${rows.length} figures are below the floor that any run must reach.`;
  }
  const rest = others ? ` ${others} further figures are not comparable.` : "";
  const different = [...new Set(comparable.map(({ tolerance }) => `±${tolerance}`))];
  const tolerances = different.join(" or ");
  // A case study of our own is compared with an earlier run, which has a tolerance of its own.
  const theirs = different.length > 1 ? "published or expected" : "published";
  return failed === 0
    ? `Reproduced: all ${comparable.length} ${others ? "comparable " : ""}figures lie within ${tolerances} of the ${theirs} ones.${rest}`
    : `Not reproduced: ${failed} of ${rows.length} figures lie outside ${tolerances} or below the floor.${rest}`;
}

function bySection(rows: readonly ComparisonRow[]): ComparisonRow[][] {
  const groups = new Map<string, ComparisonRow[]>();
  for (const row of rows) groups.set(row.section, [...(groups.get(row.section) ?? []), row]);
  return [...groups.values()];
}

function sectionBody(rows: readonly ComparisonRow[]): string {
  const name = `<th rowspan="${rows.length}" scope="rowgroup">${escapeHtml(rows[0].section)}</th>`;
  return `<tbody>${rows.map((row, index) => `<tr>${index === 0 ? name : ""}${cells(row)}</tr>`).join("")}</tbody>`;
}

function cells(row: ComparisonRow): string {
  const number = (label: string, text: string) => `<td class="number" data-label="${label}">${text}</td>`;
  return [
    `<td class="figure-name">${escapeHtml(figureNames[row.figure])}</td>`,
    number("published", row.published.toFixed(4)),
    number("ours", row.ours.toFixed(4)),
    number("difference", signed(row.difference).replace("-", "−")),
    `<td class="scale-cell">${scale(row)}</td>`,
    `<td class="verdict-cell"><span class="badge ${badge(row)}" title="${escapeHtml(row.note)}">${escapeHtml(row.verdict)}</span></td>`,
  ].join("");
}

const figureNames: Readonly<Record<ComparisonRow["figure"], string>> = {
  "final val_accuracy": "final validation accuracy",
  "best val_accuracy": "best validation accuracy",
  "test accuracy": "test accuracy",
};

function badge({ passed, verdict }: ComparisonRow): string {
  return !passed ? "bad" : verdict === "within" ? "good" : "open";
}

/** Where the difference lies between −tolerance and +tolerance: the band, its middle, and a dot (an arrowhead when outside). */
function scale({ difference, tolerance, verdict }: ComparisonRow): string {
  if (!Number.isFinite(difference) || verdict === "not comparable") return "";
  const middle = 60;
  const reach = 48;
  const position = tolerance > 0 ? difference / tolerance : Math.sign(difference) * 2;
  const x = (middle + reach * Math.max(-1.12, Math.min(1.12, position))).toFixed(1);
  const colour = verdict === "within" ? "var(--accent)" : "var(--bad)";
  const mark =
    Math.abs(position) <= 1.12
      ? `<circle cx="${x}" cy="8" r="4.5" fill="${colour}"/>`
      : `<path d="M${x} 3 l${position > 0 ? 6 : -6} 5 l${position > 0 ? -6 : 6} 5 z" fill="${colour}"/>`;
  return (
    `<svg class="scale" viewBox="0 0 120 16" aria-hidden="true">` +
    `<rect x="${middle - reach}" y="6.5" width="${2 * reach}" height="3" rx="1.5" fill="var(--line)"/>` +
    `<path d="M${middle} 2 v12" stroke="var(--soft)" stroke-width="1"/>${mark}</svg>`
  );
}
