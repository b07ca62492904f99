/** Our figures beside the published ones, with a verdict on each. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import type { PublishedRuns, PublishedSection } from "./published";
import type { ExpectedFigures, RunRecord, SectionRecord } from "./record-shape";

/** Whether a figure is within its tolerance, or cannot be compared. */
export type Verdict = "within" | "outside" | "not comparable";

/** One figure of the comparison. */
export interface ComparisonRow {
  /** Title of the section. */
  readonly section: string;
  /** Which figure of the section. */
  readonly figure: "final val_accuracy" | "best val_accuracy" | "test accuracy";
  /** The course's figure. */
  readonly published: number;
  /** The figure of this run. */
  readonly ours: number;
  /** Ours less the published figure. */
  readonly difference: number;
  /** Largest |ours − published| that is accepted. */
  readonly tolerance: number;
  /** Whether the difference is within the tolerance. */
  readonly verdict: Verdict;
  /** Whether the run may count as good: within, or not comparable but above the floor. */
  readonly passed: boolean;
  /** The verdict in words, with its reason where that is not obvious. */
  readonly note: string;
}

/** Options of {@link compareWithPublished}. */
export interface CompareOptions {
  /** Largest difference that counts as the same result; default 0.02, see {@link toleranceReason}. */
  readonly tolerance?: number;
  /** What the test accuracy must reach where it is not comparable; default 0.75. */
  readonly testFloor?: number;
  /** What validation accuracies must reach there; default 0.5 (a guess among ten classes is right 0.1 of the time). */
  readonly sectionFloor?: number;
}

/** What of a run is compared. */
export type ComparedRun = Pick<RunRecord, "sections" | "test"> & {
  readonly data: Pick<RunRecord["data"], "comparable">;
};

/** Why two runs of the same program may differ by as much as the tolerance and still agree. */
export const toleranceReason =
  "Initial weights and the order of the batches come from other random numbers than the published run's, and after " +
  "ten epochs an accuracy still moves from one epoch to the next. The published run shows by how much: its sections " +
  "on performance scheduling (where the rate never falls) and on gradient clipping differ in the clipping only, and " +
  "end 0.0137 apart; the latter falls from 0.8701 to 0.8561 in three epochs. Counting 18,000 images adds a standard " +
  "error of 0.0025.";

/**
 * Compares a run with the published one: final and best validation accuracy of each section, and the test accuracy.
 *
 * Where `data.comparable` is false (a generated stand-in, a trial of few epochs) no figure is comparable; each must
 * then only be finite and above a floor, so that a broken run is still noticed.
 * @throws TypeError when a published section is missing from the run.
 * @example console.log(compareWithPublished(readRecord(folder), publishedRuns).filter(({ verdict }) => verdict !== "within"));
 */
export function compareWithPublished(
  run: ComparedRun,
  published: PublishedRuns,
  options: CompareOptions = {},
): ComparisonRow[] {
  const rules = checkRules(options, published.floor);
  const judged = (section: string, figure: ComparisonRow["figure"], theirs: number, ours: number) =>
    judge({ section, figure, published: theirs, ours }, run.data.comparable, rules);
  const rows = published.sections.flatMap((theirs) => {
    const ours = ownSection(run.sections, theirs);
    return [
      judged(theirs.title, "final val_accuracy", theirs.history.val_accuracy.at(-1)!, ours.finalValAccuracy),
      judged(theirs.title, "best val_accuracy", Math.max(...theirs.history.val_accuracy), ours.bestValAccuracy),
    ];
  });
  const bests = (published.bests ?? []).map((theirs) => {
    const { bestValAccuracy } = ownSection(run.sections, theirs);
    return judged(theirs.title, "best val_accuracy", theirs.bestValAccuracy, bestValAccuracy);
  });
  const { title = "Best model" } = published.test;
  return [...rows, ...bests, judged(title, "test accuracy", published.test.accuracy, run.test.accuracy)];
}

/** Whether no figure speaks against the run. */
export function allPassed(rows: readonly ComparisonRow[]): boolean {
  return rows.length > 0 && rows.every(({ passed }) => passed);
}

/**
 * Compares a run with figures of an earlier one of its own kind, which it carries with it (`RunRecord.expected`).
 *
 * @example compareWithExpected(record.expected)
 */
export function compareWithExpected({ figures }: ExpectedFigures): ComparisonRow[] {
  return figures.map(({ title, expected, ours, tolerance }) =>
    judge({ section: title, figure: "test accuracy", published: expected, ours }, true, {
      ...{ tolerance, testFloor: 0, sectionFloor: 0 },
    }),
  );
}

function checkRules(options: CompareOptions, floor?: number): Required<CompareOptions> {
  const owner = "compareWithPublished";
  checkOptions(owner, options, { tolerance: true, testFloor: true, sectionFloor: true });
  const { tolerance = 0.02, testFloor = floor ?? 0.75, sectionFloor = floor ?? 0.5 } = options;
  checkNumber(owner, "tolerance", tolerance, { min: 0 });
  for (const [name, value] of Object.entries({ testFloor, sectionFloor }))
    checkNumber(owner, name, value, { min: 0, max: 1 });
  return { tolerance, testFloor, sectionFloor };
}

function ownSection(
  sections: readonly SectionRecord[],
  { name, title }: Pick<PublishedSection, "name" | "title">,
): SectionRecord {
  const found = sections.find((section) => section.name === name);
  if (found) return found;
  const had = sections.map((section) => section.name).join(", ") || "none";
  throw new TypeError(`compareWithPublished: the run has no section ${show(name)} (${title}); it has ${had}.`);
}

function judge(
  figures: Pick<ComparisonRow, "section" | "figure" | "published" | "ours">,
  comparable: boolean,
  { tolerance, testFloor, sectionFloor }: Required<CompareOptions>,
): ComparisonRow {
  const { figure, published, ours } = figures;
  // Rounding must not turn a difference of exactly the tolerance into a miss.
  const near = Math.abs(ours - published) <= tolerance + 1e-9;
  const floor = figure === "test accuracy" ? testFloor : sectionFloor;
  const passed = comparable ? near : ours >= floor;
  const verdict: Verdict = !comparable ? "not comparable" : near ? "within" : "outside";
  return { ...figures, difference: ours - published, tolerance, verdict, passed, note: note(verdict, ours, floor) };
}

function note(verdict: Verdict, ours: number, floor: number): string {
  if (!Number.isFinite(ours)) return `${verdict}: not a finite number`;
  if (verdict !== "not comparable") return verdict;
  return `not comparable, ${ours >= floor ? "above" : "and below"} the floor of ${floor}`;
}
