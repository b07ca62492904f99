/** The class at a glance: a page with every submission and every test, and the marks. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "dnn-lab-core/files";
import { escapeHtml } from "dnn-lab-core/html";
import type { Assignment } from "../assignment/assignment";
import { plainPage } from "../feedback/html";
import { ManualMarks, givenByHand, notMarkedYet } from "../grading/manual-marks";
import { marksCsv, type MarksOptions } from "../grading/marks";
import type { Graded } from "../grading/result";
import { resultIn, resultName, storedResult, writeFeedback, type GradingJob } from "./job";
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
  const { student, status, reason, seconds } = result;
  const earned = Math.round((result.earned + givenByHand(result)) * 1000) / 1000;
  const points = result.points + result.manualPoints;
  const open = notMarkedYet(result);
  const badge = status === "refused" ? "bad" : earned >= points ? "good" : "open";
  const state = `<span class="badge ${badge}">${status}</span>`;
  const byHand = open ? [`${open} answer${open > 1 ? "s" : ""} to be marked by a person.`] : [];
  const said = reason ?? [...byHand, ...result.notes.slice(0, 2)].join(" ");
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

/** The results of this batch, and those of others that an earlier one has left in the folder, by their folders' names. */
function resultsIn(folder: string, { assignment, jobs }: Batch): Map<string, Graded> {
  const found = new Map<string, Graded>();
  for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const result = resultIn(join(folder, name));
    if (result?.digest === assignment.digest) found.set(name, result);
  }
  for (const job of jobs) {
    const result = storedResult(job);
    if (result) found.set(resultName(job.submission), result);
    else found.delete(resultName(job.submission));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The table in the results' folder into which a teacher writes points. */
export const manualMarksIn = (folder: string): string => join(folder, "manual.csv");

/**
 * Writes `index.html`, `marks.csv`, `summary.json`, and where a person gives points `manual.csv`, into the results' folder, and
 * each feedback anew that has such points; returns the results of the batch.
 */
export function writeSummary(batch: Batch, folder: string, marks: MarksOptions): Graded[] {
  const { assignment, jobs, failed, seconds } = batch;
  mkdirSync(folder, { recursive: true });
  const byHand = ManualMarks.read(manualMarksIn(folder));
  const all = new Map([...resultsIn(folder, batch)].map(([name, result]) => [name, byHand.appliedTo(result)]));
  const results = [...all.values()];
  const students = [...all].map(([name, result]) => studentRow(result, `${name}/feedback.html`));
  for (const [name, result] of all)
    if (result.manual.length) writeFeedback(join(folder, name), result, assignment.title);
  byHand.write(results);
  const faults = failed.map(({ job, reason }) => row([escapeHtml(job.submission), escapeHtml(reason.slice(0, 500))]));
  const refusals = results.filter(({ status }) => status === "refused").length;
  const lead = `${results.length} submissions: ${results.length - refusals} graded, ${refusals} refused, ${failed.length} could not be done. ${seconds.toFixed(0)} s.`;
  const body = [
    `<h1>${escapeHtml(assignment.title)}</h1><p class="lead">${lead}</p>`,
    table(["student", "", "points", "run", "notes"], students),
    faults.length ? `<h2>Could not be done</h2>${table(["submission", "why"], faults)}` : "",
    `<h2>Tests</h2>${table(["task", "test", "passed by"], testRows(results))}`,
  ];
  writeFileAtomic(join(folder, "index.html"), plainPage(assignment.title, body.join("\n")));
  writeFileAtomic(join(folder, "marks.csv"), marksCsv(results, marks));
  writeFileAtomic(join(folder, "summary.json"), `${JSON.stringify({ seconds, failed, results }, null, 1)}\n`);
  const own = new Set(jobs.map(({ submission }) => resultName(submission)));
  return [...all].filter(([name]) => own.has(name)).map(([, result]) => result);
}
