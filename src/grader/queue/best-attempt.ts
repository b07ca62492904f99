/** Of several attempts of one student the best counts: it becomes the student's result. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Assignment } from "../assignment/assignment";
import type { ManualMarks } from "../grading/manual-marks";
import { type MarksOptions, scoreOf } from "../grading/marks";
import { changesOf } from "../grading/changes";
import type { Attempt, Graded } from "../grading/result";
import { type GradingJob, resultFolder, studentOfJob } from "./job";
import { ATTEMPTS, type Stored, putAway, store, storedIn } from "./stored-results";

/** All graded attempts that lie in a student's folder; of an earlier version of the assignment only where there are no others. */
function attemptsIn(folder: string, { name, digest }: Assignment): Stored[] {
  const all = join(folder, ATTEMPTS);
  const names = existsSync(all) ? readdirSync(all).sort() : [];
  const found = names
    .flatMap((each) => storedIn(join(all, each)) ?? [])
    .filter(({ result }) => result.assignment === name);
  const present = found.filter(({ result }) => result.digest === digest);
  const order = ({ result }: Stored): string => result.submitted;
  return (present.length ? present : found).sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** The best, of equal ones the latest. */
function bestOf(attempts: readonly Stored[], score: (stored: Stored) => number): Stored | undefined {
  return attempts.reduce<Stored | undefined>(
    (best, each) => (best === undefined || score(each) >= score(best) ? each : best),
    undefined,
  );
}

/**
 * Puts each student's best attempt into the student's folder, and returns one job for each student: of an attempt that counts, else
 * of the last, which has no result.
 */
export function keepBest(
  jobs: readonly GradingJob[],
  assignment: Assignment,
  marks: MarksOptions,
  byHand: ManualMarks,
): GradingJob[] {
  const last = new Map(jobs.map((job) => [studentOfJob(job), job]));
  return [...last.values()].map((job): GradingJob => {
    const { attempt: _, ...own } = job;
    const folder = resultFolder(own);
    const attempts = attemptsIn(folder, assignment);
    const score = ({ result }: Stored): number => scoreOf(byHand.appliedTo(result), marks);
    const best = bestOf(attempts, score);
    if (best === undefined) return own;
    const shown = attempts.map((each): Attempt => ({
      ...{ submitted: each.result.submitted, score: score(each), counts: each === best },
    }));
    const present = storedIn(folder);
    const changed =
      present?.key === best.key ? present.result.changed : present && changesOf(present.result, best.result);
    const result: Graded = {
      ...best.result,
      ...(shown.length > 1 ? { attempts: shown } : {}),
      ...(changed ? { changed } : {}),
    };
    const chosen: Stored = { key: best.key, result };
    if (present !== undefined && present.key !== chosen.key) putAway(folder);
    if (JSON.stringify(present) !== JSON.stringify(chosen)) store(folder, chosen);
    return { ...own, key: best.key };
  });
}
