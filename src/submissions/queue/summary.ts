/** The class at a glance: a page with every submission and every test, and the marks. */
import { join, relative } from "node:path";
import { writeFileAtomic } from "../../core/files";
import { escapeHtml } from "../../reports/html";
import type { Assignment } from "../assignment";
import { plainPage } from "../feedback/html";
import { marksCsv, type MarksOptions } from "../grading/marks";
import type { Graded } from "../grading/result";
import { resultFolder, storedResult, type GradingJob } from "./job";
import type { FailedJob } from "./local";

export interface Batch {
  readonly assignment: Assignment;
  readonly jobs: readonly GradingJob[];
  readonly failed: readonly FailedJob[];
  readonly seconds: number;
}

const row = (cells: readonly string[]): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;

function table(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((each) => `<th>${each}</th>`).join("");
  return `<section class="card"><table><thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table></section>`;
}

function studentRow(result: Graded, link: string): string {
  const { student, status, reason, earned, points, seconds } = result;
  const badge = status === "refused" ? "bad" : earned >= points ? "good" : "open";
  const state = `<span class="badge ${badge}">${status}</span>`;
  const said = reason ?? result.notes.slice(0, 2).join(" ");
  const name = `<a href="${escapeHtml(encodeURI(link))}">${escapeHtml(student)}</a>`;
  return row([name, state, `${earned} of ${points}`, `${seconds.toFixed(1)} s`, escapeHtml(said.slice(0, 200))]);
}

/** How many of the graded submissions pass each test. */
function testRows(results: readonly Graded[]): string[] {
  const graded = results.filter(({ status }) => status === "graded");
  const passes = new Map<string, number>();
  for (const { checks } of graded)
    for (const { id, tests } of checks)
      for (const { name, passed } of tests) {
        const key = `${id}\0${name}`;
        passes.set(key, (passes.get(key) ?? 0) + Number(passed));
      }
  return [...passes].map(([key, count]) => row([...key.split("\0").map(escapeHtml), `${count} of ${graded.length}`]));
}

/** Writes `index.html`, `marks.csv` and `summary.json` into the results' folder; returns the results. */
export function writeSummary(
  { assignment, jobs, failed, seconds }: Batch,
  folder: string,
  marks: MarksOptions,
): Graded[] {
  const stored = jobs.flatMap((job) => {
    const result = storedResult(job);
    return result ? [{ job, result }] : [];
  });
  const results = stored.map(({ result }) => result);
  const students = stored.map(({ job, result }) =>
    studentRow(result, `${relative(folder, resultFolder(job)).split("\\").join("/")}/feedback.html`),
  );
  const faults = failed.map(({ job, reason }) => row([escapeHtml(job.submission), escapeHtml(reason.slice(0, 500))]));
  const refusals = results.filter(({ status }) => status === "refused").length;
  const lead = `${results.length} of ${jobs.length} submissions: ${results.length - refusals} graded, ${refusals} refused, ${failed.length} could not be done. ${seconds.toFixed(0)} s.`;
  const body = [
    `<h1>${escapeHtml(assignment.title)}</h1><p class="lead">${lead}</p>`,
    table(["student", "", "points", "run", "notes"], students),
    faults.length ? `<h2>Could not be done</h2>${table(["submission", "why"], faults)}` : "",
    `<h2>Tests</h2>${table(["task", "test", "passed by"], testRows(results))}`,
  ];
  writeFileAtomic(join(folder, "index.html"), plainPage(assignment.title, body.join("\n")));
  writeFileAtomic(join(folder, "marks.csv"), marksCsv(results, marks));
  writeFileAtomic(join(folder, "summary.json"), `${JSON.stringify({ seconds, failed, results }, null, 1)}\n`);
  return results;
}
