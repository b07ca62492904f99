/** The class at a glance: a page with every submission and every test, and the marks. */
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { rounded } from "dnn-lab-core/numbers";
import { writeFileAtomic } from "dnn-lab-core/files";
import { escapeHtml } from "dnn-lab-core/html";
import { folderOf, printable } from "../archive/student-names";
import type { Person } from "../archive/roster";
import type { Assignment } from "../assignment/assignment";
import { stageAt } from "../feedback/stage";
import { plainPage } from "../feedback/feedback-page";
import { ManualMarks, givenByHand, notMarkedYet } from "../grading/manual-marks";
import { canvasCsv, moodleCsv } from "../grading/forms";
import { marksCsv, scoreOf, type MarksOptions } from "../grading/marks";
import type { Graded } from "../grading/result";
import { type GradingJob, resultFolder, storedResult, studentOfJob } from "./job";
import type { FailedJob } from "./local";
import { storedIn, studentFolders, writeFeedback } from "./stored-results";

export interface Batch {
  readonly assignment: Assignment;
  readonly jobs: readonly GradingJob[];
  readonly failed: readonly FailedJob[];
  /** People of the class list who handed in no file. */
  readonly absent?: readonly Person[];
  readonly seconds: number;
}

const row = (cells: readonly string[]): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;

function table(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((each) => `<th>${each}</th>`).join("");
  return `<section class="card"><table><thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table></section>`;
}

function studentRow(result: Graded, folder: string, old: boolean): string {
  const { student, status, reason, seconds } = result;
  const earned = rounded(result.earned + givenByHand(result), 3);
  const points = result.points + result.manualPoints;
  const open = notMarkedYet(result);
  const badge = status === "refused" ? "bad" : earned >= points ? "good" : "open";
  const state = `<span class="badge ${badge}">${status}</span>`;
  const byHand = open ? [`${open} answer${open > 1 ? "s" : ""} to be marked by a person.`] : [];
  const of = old ? ["Graded by an earlier version of the assignment."] : [];
  const said = [...of, ...(reason === undefined ? [...byHand, ...result.notes.slice(0, 2)] : [reason])].join(" ");
  const link = folder.split("/").map(encodeURIComponent).join("/");
  const name = `<a href="${escapeHtml(link)}/feedback.html">${escapeHtml(student)}</a>`;
  return row([name, state, `${earned} of ${points}`, `${seconds.toFixed(1)} s`, escapeHtml(said.slice(0, 200))]);
}

const absentRow = ({ id, firstName, lastName, email }: Person): string =>
  row([id, `${firstName} ${lastName}`, email].map(escapeHtml));

/** The marks as learning platforms take them back, where there is a class list. */
function writeForms(results: readonly Graded[], assignment: Assignment, folder: string, marks: MarksOptions): void {
  const { roster } = marks;
  if (roster === undefined) return;
  const scores = results.map((result) => ({ student: result.student, score: scoreOf(result, marks) }));
  const about = { assignment: assignment.title, points: assignment.points, manualPoints: assignment.manualPoints };
  writeFileAtomic(join(folder, "marks-canvas.csv"), canvasCsv(scores, roster, about));
  writeFileAtomic(join(folder, "marks-moodle.csv"), moodleCsv(scores, roster, about));
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

/**
 * All results of the assignment that lie in the folder, of this batch and earlier ones, by their folders' names. What was
 * handed in later and could not be graded has no result: the result of an older file says nothing about it.
 */
function resultsIn(folder: string, { assignment, jobs }: Batch): Map<string, Graded> {
  const found = new Map<string, Graded>();
  for (const name of studentFolders(folder)) {
    const result = storedIn(join(folder, name))?.result;
    if (result?.assignment === assignment.name) found.set(name, result);
  }
  for (const job of jobs) {
    const name = basename(resultFolder(job));
    const result = storedResult(job);
    if (result) found.set(name, result);
    else found.delete(name);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Students of the batch who have no result: of them nothing can be said yet. */
function withoutResult({ jobs }: Batch): string[] {
  return jobs.filter((job) => storedResult(job) === undefined).map(studentOfJob);
}

/** The table in the results' folder into which a teacher writes points. */
export const manualMarksIn = (folder: string): string => join(folder, "manual.csv");

export interface Summed {
  /** Of the batch. */
  readonly results: readonly Graded[];
  /** Of the class, graded by an earlier version of the assignment. */
  readonly outdated: readonly string[];
}

/**
 * Writes `index.html`, `marks.csv`, `summary.json`, and where a person gives points `manual.csv`, into the results' folder, and
 * each feedback anew, with what students may see now. The tables have the whole class, whoever is in this batch.
 */
export function writeSummary(batch: Batch, folder: string, marks: MarksOptions): Summed {
  const { assignment, jobs, failed, seconds } = batch;
  mkdirSync(folder, { recursive: true });
  const byHand = ManualMarks.read(manualMarksIn(folder));
  const all = new Map([...resultsIn(folder, batch)].map(([name, result]) => [name, byHand.appliedTo(result)]));
  const results = [...all.values()];
  const isOld = ({ digest }: Graded): boolean => digest !== assignment.digest;
  const students = [...all].map(([name, result]) => studentRow(result, name, isOld(result)));
  const stage = stageAt(Date.now(), marks);
  for (const [name, result] of all) writeFeedback(join(folder, name), result, assignment.title, stage);
  byHand.write(results);
  const faults = failed.map(({ job, reason }) =>
    row([escapeHtml(studentOfJob(job)), escapeHtml(printable(job.submission)), escapeHtml(reason.slice(0, 500))]),
  );
  const refusals = results.filter(({ status }) => status === "refused").length;
  const open = withoutResult(batch);
  const known = new Set([...open, ...results.map(({ student }) => student)]);
  const absent = (batch.absent ?? []).filter(({ id }) => !known.has(id));
  const lead = `${results.length + open.length} submissions: ${results.length - refusals} graded, ${refusals} refused, ${open.length} not graded by a fault of the machine. ${seconds.toFixed(0)} s.`;
  const body = [
    `<h1>${escapeHtml(assignment.title)}</h1><p class="lead">${lead}</p>`,
    table(["student", "", "points", "run", "notes"], students),
    faults.length ? `<h2>Grader errors: grade again</h2>${table(["student", "submission", "why"], faults)}` : "",
    absent.length ? `<h2>Nothing handed in</h2>${table(["student", "", "e-mail"], absent.map(absentRow))}` : "",
    `<h2>Tests</h2>${table(["task", "test", "passed by"], testRows(results.filter((each) => !isOld(each))))}`,
  ];
  writeFileAtomic(join(folder, "index.html"), plainPage(assignment.title, body.join("\n")));
  writeFileAtomic(join(folder, "marks.csv"), marksCsv(results, marks, [...open, ...absent.map(({ id }) => id)]));
  writeForms(results, assignment, folder, marks);
  writeFileAtomic(join(folder, "summary.json"), `${JSON.stringify({ seconds, failed, results }, null, 1)}\n`);
  const own = new Set(jobs.map((job) => folderOf(studentOfJob(job))));
  return {
    results: [...all].filter(([name]) => own.has(name)).map(([, result]) => result),
    outdated: results.filter(isOld).map(({ student }) => student),
  };
}
