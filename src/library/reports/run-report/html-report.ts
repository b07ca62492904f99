/** The report of a run as one HTML file: verdict, figures with verdicts, learning curves, provenance. */
import { figurePlace, htmlPage } from "../page/page";
import type { Figure } from "../figures/figure";
import { learningCurve } from "../figures/learning-curve";
import { escapeHtml } from "dnn-lab-core/html";
import type { EpochMetrics, SectionRecord } from "../record-shape";
import { comparisonSection } from "./comparison-html";
import { provenanceSection } from "./provenance-html";
import { ofNotebook, type ReportedRun } from "./reported-run";

/** The report's HTML, of one run or of several notebooks'; texts from the records are escaped. */
export function htmlReport(runs: readonly ReportedRun[]): string {
  const charts = runs.map(runCharts);
  const figures = Object.fromEntries(charts.flat().map(({ id, figure }) => [id, figure.toJSON()]));
  const parts = runs.map(
    (run, i) => `<h2>Learning curves${ofNotebook(run, runs)}</h2>\n${charts[i].map(chartCard).join("\n")}`,
  );
  const body = `<main>
${header(runs)}
${comparisonSection(runs)}
${parts.join("\n")}
${runs.map((run) => provenanceSection(run.record, ofNotebook(run, runs))).join("\n")}
<footer>Written by ${escapeHtml(runs[0].record.project)}. Everything on this page is in this file; nothing is fetched.</footer>
</main>`;
  return htmlPage({ title: "Reproduction report: training deep neural networks", body, figures });
}

function header(runs: readonly ReportedRun[]): string {
  const [{ startedAt, commit, dirty }] = runs.map(({ record }) => record);
  const seconds = runs.reduce((sum, { record }) => sum + record.seconds, 0);
  const images = [...new Set(runs.map(({ record: { data } }) => `${data.name} (${dataRemarks(data, runs)})`))].join(
    " and ",
  );
  const code = `${commit.slice(0, 10)}${dirty ? " with local changes" : ""}`;
  return `<header>
<h1>Training deep neural networks, reproduced</h1>
<p class="lead">${escapeHtml(startedAt.slice(0, 10))} · trained on ${escapeHtml(images)} · ${duration(seconds)} · commit <code>${escapeHtml(code)}</code></p>
</header>`;
}

/** Source and notes; of several runs' data the notes stand in the verdict below. */
function dataRemarks({ source, notes }: ReportedRun["record"]["data"], runs: readonly ReportedRun[]): string {
  return runs.length > 1 ? source : [source, ...notes].join("; ");
}

/** In CSS pixels. */
const chartHeight = 320;

interface Chart {
  readonly id: string;
  readonly title: string;
  readonly remark: string;
  readonly figure: Figure;
}

/** The charts of all sections of a run; the first run's are `section-0` …, the next one's `run-1-section-0` … */
function runCharts({ record, published }: ReportedRun, run: number): Chart[] {
  const prefix = run === 0 ? "" : `run-${run}-`;
  return record.sections.flatMap((section, index) => sectionCharts(section, `${prefix}section-${index}`, published));
}

/** The section's own run beside the published one, then each further run alone. */
function sectionCharts(section: SectionRecord, id: string, published: ReportedRun["published"]): Chart[] {
  const { name, title, cells, variants } = section;
  const theirs = published.sections.find((candidate) => candidate.name === name);
  const cellsInWords = `In[${cells[0]}]–In[${cells[1]}]`;
  const own = {
    id,
    title,
    remark: [cellsInWords, ...facts(section)].join(" · "),
    figure: learningCurve(curve(section.history), {
      height: chartHeight,
      ...(theirs ? { published: curve(theirs.history) } : {}),
    }),
  };
  const further = variants.map((variant, position) => ({
    id: `${id}-${position}`,
    title: `${title}: ${variant.title}`,
    remark: `${cellsInWords} · a further run, without a published counterpart`,
    figure: learningCurve(curve(variant.history), { height: chartHeight }),
  }));
  return [own, ...further];
}

function facts({ history, seconds, extra }: SectionRecord): string[] {
  const epochs = `${history.loss.length} epochs`;
  return [epochs, duration(seconds), ...Object.entries(extra).map(([name, value]) => `${name} ${value}`)];
}

function curve({ loss, accuracy, val_loss, val_accuracy }: EpochMetrics): { history: Record<string, number[]> } {
  return {
    history: { loss: [...loss], accuracy: [...accuracy], val_loss: [...val_loss], val_accuracy: [...val_accuracy] },
  };
}

function chartCard({ id, title, remark, figure }: Chart): string {
  return `<section class="card">
<div class="head"><h3>${escapeHtml(title)}</h3><span>${escapeHtml(remark)}</span></div>
${figurePlace(id, figure, figure.description)}
</section>`;
}

/** `84 s`, `12 min 5 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
