/** Whose file is whose: what was handed in, put together by student, with the class list where there is one. */
import { lstatSync } from "node:fs";
import { basename, extname } from "node:path";
import type { HandedIn } from "../archive/downloads";
import type { Person, Roster } from "../archive/roster";

/** A file that counts, and its student. */
export interface Assigned {
  readonly path: string;
  readonly student: string;
  /** When it was handed in, ISO 8601; undefined where only the file itself says it. */
  readonly submitted: string | undefined;
}

export interface LeftOut {
  readonly path: string;
  readonly why: string;
}

export interface Class {
  readonly kept: readonly Assigned[];
  /** Everything that was handed in, those too that do not count because there is a later one. */
  readonly attempts: readonly Assigned[];
  readonly earlier: readonly LeftOut[];
  /** Students of files who are not in the class list. */
  readonly unknown: readonly string[];
  /** People of the class list who handed in no file. */
  readonly absent: readonly Person[];
}

interface Candidate extends HandedIn {
  readonly student: string;
  readonly time: number;
}

function timeOf({ path, submitted }: HandedIn): number {
  if (submitted !== undefined) return submitted;
  try {
    return lstatSync(path).mtimeMs;
  } catch {
    return -Infinity;
  }
}

/** Of files of one student and one time the archive comes last: it has all that was handed in. */
function isLater(a: Candidate, b: Candidate): boolean {
  if (a.attempt !== b.attempt) return a.attempt > b.attempt;
  if (a.time !== b.time) return a.time > b.time;
  return extname(a.path).toLowerCase() === ".zip" && extname(b.path).toLowerCase() !== ".zip";
}

function whyNot(left: Candidate, taken: Candidate): LeftOut {
  const name = basename(taken.path);
  const unclear = taken.time === left.time && taken.attempt === left.attempt;
  const why = unclear
    ? `it is as old as ${name} of the same student, which was taken; leave one of them out if that is wrong`
    : `there is a later file of the same student, ${name}`;
  return { path: left.path, why };
}

/** Numbers of a platform say nothing to a reader. */
const readable = ({ names }: HandedIn): string => names.find((name) => !/^\d+$/.test(name)) ?? names[0]!;

const assigned = ({ path, student, submitted }: Candidate): Assigned => ({
  ...{ path, student },
  submitted: submitted === undefined ? undefined : new Date(submitted).toISOString(),
});

/** Of several files of one student the latest counts; the others are listed separately, each with the reason. */
export function classOf(files: readonly HandedIn[], roster?: Roster): Class {
  const unknown = new Set<string>();
  const numbers = new Map<string, Set<string | undefined>>();
  for (const file of files) numbers.set(readable(file), (numbers.get(readable(file)) ?? new Set()).add(file.number));
  const all = files.map((file): Candidate => {
    const person = roster?.find(...file.names);
    const name = readable(file);
    // Two of one name are two.
    const student = person?.id ?? (numbers.get(name)!.size > 1 && file.number ? `${name} ${file.number}` : name);
    if (roster && !person) unknown.add(student);
    return { ...file, student, time: timeOf(file) };
  });
  const latest = new Map<string, Candidate>();
  for (const each of all) {
    const known = latest.get(each.student);
    if (known === undefined || isLater(each, known)) latest.set(each.student, each);
  }
  const kept = [...latest.values()];
  return {
    kept: kept.map(assigned),
    attempts: all.map(assigned),
    earlier: all.filter((each) => !kept.includes(each)).map((each) => whyNot(each, latest.get(each.student)!)),
    unknown: [...unknown],
    absent: (roster?.people ?? []).filter(({ id }) => !latest.has(id)),
  };
}
