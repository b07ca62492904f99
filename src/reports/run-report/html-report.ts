/** The report of a run as one HTML file: verdict, figures with verdicts, learning curves, provenance. */
import { figurePlace, htmlPage } from "../page/page";
import type { ComparisonRow } from "../compare";
import type { Figure } from "../figures/figure";
import { learningCurve } from "../figures/learning-curve";
import { escapeHtml } from "../html";
import type { PublishedRuns } from "../published";
import type { EpochMetrics, RunRecord, SectionRecord } from "../record";
import { comparisonSection } from "./comparison-html";
import { provenanceSection } from "./provenance-html";

/** The report's HTML; texts from the record are escaped. */
export function htmlReport(record: RunRecord, rows: readonly ComparisonRow[], published: PublishedRuns): string {
  const charts = record.sections.flatMap((section, index) => sectionCharts(section, index, published));
  const figures = Object.fromEntries(charts.map(({ id, figure }) => [id, figure.toJSON()]));
  const body = `<main>
${header(record)}
${comparisonSection(record, rows, published)}
<h2>Learning curves</h2>
${charts.map(chartCard).join("\n")}
${provenanceSection(record)}
<footer>Written by ${escapeHtml(record.project)}. Everything on this page is in this file; nothing is fetched.</footer>
</main>`;
  return htmlPage({ title: "Reproduction report: training deep neural networks", body, figures });
}

function header({ data, seconds, startedAt, commit, dirty }: RunRecord): string {
  const images = `${data.name} (${[data.source, ...data.notes].join("; ")})`;
  const code = `${commit.slice(0, 10)}${dirty ? " with local changes" : ""}`;
  return `<header>
<h1>Training deep neural networks, reproduced</h1>
<p class="lead">${escapeHtml(startedAt.slice(0, 10))} · trained on ${escapeHtml(images)} · ${duration(seconds)} · commit <code>${escapeHtml(code)}</code></p>
</header>`;
}

/** In CSS pixels. */
const chartHeight = 320;

interface Chart {
  readonly id: string;
  readonly title: string;
  readonly remark: string;
  readonly figure: Figure;
}

/** The section's own run beside the published one, then each further run alone. */
function sectionCharts(section: SectionRecord, index: number, published: PublishedRuns): Chart[] {
  const { name, title, cells, variants } = section;
  const theirs = published.sections.find((candidate) => candidate.name === name);
  const cellsInWords = `In[${cells[0]}]–In[${cells[1]}]`;
  const own = {
    id: `section-${index}`,
    title,
    remark: [cellsInWords, ...facts(section)].join(" · "),
    figure: learningCurve(curve(section.history), {
      height: chartHeight,
      ...(theirs ? { published: curve(theirs.history) } : {}),
    }),
  };
  const further = variants.map((variant, position) => ({
    id: `section-${index}-${position}`,
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
