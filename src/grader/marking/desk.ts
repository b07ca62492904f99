/** What lies on the markers' desk: every student's answer to every question, and what was given for it, in plain files. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf } from "dnn-lab-core/hash";
import { checkNumber } from "dnn-lab-core/check";
import { printable } from "../archive/student-names";
import type { Assignment } from "../assignment/assignment";
import { EXTRA, type Filled, ManualMarks, type Markable, overridable } from "../grading/manual-marks";
import { MarkingRubric, type RubricEntry } from "../grading/marking-rubric";
import type { Graded, TestResult } from "../grading/result";
import { executedIn, storedIn, studentFolders } from "../queue/stored-results";
import { answerHtml, notebookHtml, surroundings } from "./answer-view";

export interface Question {
  readonly id: string;
  readonly title: string;
  readonly points: number | null;
  /** Of answers that people mark; the others are the grader's own points, which may be overridden. */
  readonly byHand: boolean;
  readonly answers: number;
  readonly marked: number;
}

export interface AnswerOnDesk {
  /** Stands for the student; says nothing of who it is. */
  readonly who: string;
  /** Null where answers are marked without names. */
  readonly name: string | null;
  readonly html: string;
  readonly around: string;
  readonly points: string;
  readonly comment: string;
  readonly items: readonly string[];
  readonly marker: string;
  /** What the grader has given; null for answers that people mark. */
  readonly earned: number | null;
  readonly changed: boolean;
  /** Of what was filled in: sent back with a mark, so that nobody overwrites what another has just given. */
  readonly state: string;
}

/** What a marker sends. */
export interface Marking {
  readonly question: string;
  readonly who: string;
  readonly state: string;
  readonly points: string;
  readonly comment: string;
  readonly items: readonly string[];
  readonly marker: string;
}

/** Another marker was there in the meantime: nothing was written. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
}

interface Sheet {
  readonly folder: string;
  readonly result: Graded;
  readonly who: string;
}

const EMPTY: Filled = { points: "", comment: "", items: "", marker: "" };

/** The desk of one folder of results. */
export class MarkingDesk {
  private readonly sheets: readonly Sheet[];

  constructor(
    private readonly results: string,
    private readonly assignment: Assignment,
    private readonly options: { readonly anonymous: boolean; readonly salt: string },
  ) {
    const found = studentFolders(results).flatMap((name): Sheet[] => {
      const folder = join(results, name);
      const result = storedIn(folder)?.result;
      if (result?.assignment !== assignment.name) return [];
      return [{ folder, result, who: hashOf("sha256", options.salt, result.student).slice(0, 16) }];
    });
    // By name; without names in an order that tells nothing.
    const key = ({ who, result }: Sheet): string => (options.anonymous ? who : result.student);
    this.sheets = found.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }

  private get path(): string {
    return join(this.results, "manual.csv");
  }

  private marks(): ManualMarks {
    return ManualMarks.read(this.path);
  }

  /** All questions: those that people mark, then the grader's own points. */
  questions(): Question[] {
    const marks = this.marks();
    const { cells } = this.assignment;
    const about = (id: string, points: number | null, byHand: boolean): Question => {
      const sheets = this.sheets.filter(({ result }) => markableOf(result, id) !== undefined);
      const marked = sheets.filter(({ result }) => {
        const { answer } = markableOf(result, id)!;
        return (marks.find(result.student, id, answer)?.points ?? "").trim() !== "";
      });
      const section = sheets.map(({ result }) => result.manual.find((item) => item.id === id)?.section).find(Boolean);
      return { id, title: section ?? id, points, byHand, answers: sheets.length, marked: marked.length };
    };
    const manual = cells.filter(({ role }) => role === "manual" || role === "task");
    const checks = cells.filter(({ role }) => role === "check");
    return [
      ...manual.map(({ id, points }) => about(id, points, true)),
      ...checks.map(({ id, points }) => about(id, points, false)),
      ...(this.assignment.quality.length ? [about("quality", null, false)] : []),
      about(EXTRA, null, false),
    ];
  }

  /** All students' answers to a question, and the rubric's items for it. */
  answers(question: string): { answers: AnswerOnDesk[]; rubric: readonly RubricEntry[] } {
    const marks = this.marks();
    const answers = this.sheets.flatMap((sheet) => {
      const about = markableOf(sheet.result, question);
      return about ? [this.shown(sheet, about, marks)] : [];
    });
    return { answers, rubric: MarkingRubric.beside(this.path).of(question) };
  }

  /** The whole run of somebody's notebook. */
  run(who: string): string {
    const executed = executedIn(this.sheetOf(who).folder);
    return executed ? notebookHtml(executed) : "";
  }

  /** Writes what a marker gives. @throws ConflictError when another was there in the meantime; RangeError for impossible points */
  mark({ question, who, state, marker, ...given }: Marking): AnswerOnDesk {
    const sheet = this.sheetOf(who);
    const { student } = sheet.result;
    const about = markableOf(sheet.result, question);
    if (about === undefined) throw new TypeError(`there is no question ${question}`);
    const marks = this.marks();
    const before = this.shown(sheet, about, marks);
    if (before.state !== state)
      throw new ConflictError(
        `${before.marker || "Somebody"} has marked this answer in the meantime: ${before.points || "no"} points, "${before.comment}".`,
      );
    const filled: Filled = {
      ...{ points: given.points.trim(), comment: given.comment.trim(), marker: printable(marker).slice(0, 80) },
      items: given.items.filter((id) => /^\w+$/.test(id)).join(" "),
    };
    if (about.earned !== null && filled.points !== "" && filled.comment === "")
      throw new TypeError("points in place of the grader's need a reason: write it as the comment");
    const after = marks.with(student, about, filled);
    after.write(this.sheets.map(({ result }) => result));
    this.note({ student, question, ...filled });
    return this.shown(sheet, about, this.marks());
  }

  /** Adds an item to a question's rubric or changes one; points that were given with it change too. */
  item(question: string, item: { readonly id?: string; readonly text: string; readonly points: number }): RubricEntry {
    if (!this.assignment.cells.some(({ id }) => id === question))
      throw new TypeError(`there is no question ${question}`);
    checkNumber("an item of the rubric", "points", item.points);
    const text = item.text.trim().slice(0, 2000);
    if (text === "") throw new TypeError("an item of the rubric needs a text");
    const rubric = MarkingRubric.beside(this.path);
    const before = rubric.of(question).find(({ id }) => id === item.id);
    if (item.id !== undefined && before === undefined) throw new TypeError(`there is no item ${item.id}`);
    const entry = rubric.put(question, { ...item, text });
    if (before && before.points !== entry.points) {
      const shifted = this.marks().shifted(question, entry.id, entry.points - before.points);
      shifted.write(this.sheets.map(({ result }) => result));
    }
    this.note({ question, item: entry });
    return entry;
  }

  /** Everything that was done, one line each, in the order in which it was. */
  private note(event: object): void {
    const line = JSON.stringify({ time: new Date().toISOString(), ...event });
    appendFileSync(join(this.results, "marking-log.jsonl"), `${line}\n`);
  }

  private sheetOf(who: string): Sheet {
    const sheet = this.sheets.find((each) => each.who === who);
    if (sheet === undefined) throw new TypeError("there is no such student");
    return sheet;
  }

  private shown({ folder, result, who }: Sheet, about: OnDesk, marks: ManualMarks): AnswerOnDesk {
    const { id, answer, earned } = about;
    const row = marks.find(result.student, id, answer) ?? EMPTY;
    const { points, comment, items, marker } = row;
    const executed = executedIn(folder);
    return {
      ...{ who, name: this.options.anonymous ? null : result.student, points, comment, marker, earned },
      items: items.split(" ").filter(Boolean),
      html: earned === null ? answerHtml(answer) : testsHtml(result, id),
      around: executed ? surroundings(executed, id) : "",
      changed: earned === null && marks.isChanged(result.student, { id, answer }),
      state: hashOf("sha256", points, "\0", comment, "\0", items, "\0", answer).slice(0, 16),
    };
  }
}

interface OnDesk extends Markable {
  readonly earned: number | null;
}

function markableOf(result: Graded, id: string): OnDesk | undefined {
  const item = result.manual.find((each) => each.id === id);
  if (item) return { ...item, earned: null };
  const own = overridable(result).find((each) => each.id === id);
  return own && { ...own, answer: result.submission };
}

function testsHtml({ checks, quality }: Graded, id: string): string {
  const tests: readonly TestResult[] =
    id === "quality" ? quality : (checks.find((each) => each.id === id)?.tests ?? []);
  const lines = tests.map(
    ({ name, earned, points, message }) =>
      `${earned} of ${points}  ${name}${message === undefined ? "" : `\n      ${message}`}`,
  );
  return answerHtml(lines.join("\n") || "Points beside all others; the reason is the comment.");
}
