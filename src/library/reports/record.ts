/**
 * The record of a run: what was computed, on what, with what, as plain JSON.
 *
 * A notebook writes it section by section into its results folder; the runner that executed the notebook reads it
 * afterwards. So neither needs to know the other, and a run that stops half way leaves what it had.
 */
import { checkKeys, checkOptions, show } from "dnn-lab-core/check";
import { writeFileAtomic } from "dnn-lab-core/files";
import { existsSync, join, readFileSync } from "../platform";
import type { History } from "../training/history";
import { checkMetrics, checkRecord, checkSection, recordFields } from "./record-check";
import { type EpochMetrics, type Facts, type PartialRecord, type RunRecord, type SectionRecord } from "./record-shape";

/** What a notebook says of a section; the rest follows from the history. */
export interface SectionInput {
  /** Key by which published figures are found. */
  readonly name: string;
  /** Default: the name. */
  readonly title?: string;
  /** First and last execution count. */
  readonly cells: readonly [number, number];
  /** What `fit` returned. */
  readonly history: History;
  /** Further runs without a published counterpart. */
  readonly variants?: readonly { readonly title: string; readonly history: History }[];
  /** Facts to show with the section. */
  readonly extra?: Facts;
}

/** Name of the file in the results folder. */
export const recordFile = "record.json";

/** Begins a record in `folder`, in place of any earlier one. First used in In[4]. */
export function startRecord(folder: string, fields: Omit<PartialRecord, "sections"> = {}): void {
  save(folder, { startedAt: new Date().toISOString(), ...checkFields("startRecord", fields), sections: [] });
}

/** Adds or replaces fields of the record in `folder`; begins one when there is none. */
export function saveRecord(folder: string, fields: Partial<RunRecord>): void {
  save(folder, { ...existing(folder), ...checkFields("saveRecord", fields) });
}

/**
 * Adds a section to the record in `folder`, in place of an earlier one of that name. First used in In[20].
 *
 * @example recordSection(results, { name: "power", title: "Power scheduling", cells: [17, 22], history })
 * @throws TypeError when the history is empty, lacks training or validation figures or holds a value that is not finite.
 */
export function recordSection(folder: string, input: SectionInput): void {
  checkOptions("recordSection", input, {
    name: true,
    title: true,
    cells: true,
    history: true,
    variants: true,
    extra: true,
  });
  const section = sectionRecord(input);
  checkSection("recordSection", section);
  const { sections, ...rest } = existing(folder);
  const at = sections.findIndex(({ name }) => name === section.name);
  save(folder, { ...rest, sections: at < 0 ? [...sections, section] : sections.with(at, section) });
}

/** The complete record in `folder`. @throws Error that names the file and what is missing or wrong in it. */
export function readRecord(folder: string): RunRecord {
  return checkRecord(join(folder, recordFile), readPartialRecord(folder));
}

/** The record in `folder` as far as it goes. @throws Error when there is none, or it is not a record. */
export function readPartialRecord(folder: string): PartialRecord {
  const path = join(folder, recordFile);
  if (!existsSync(path)) throw new Error(`${path}: there is no record of a run; execute the notebook that writes it.`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`${path} is not valid JSON (${(error as Error).message}); delete it and run the notebook again.`, {
      cause: error,
    });
  }
  if (Array.isArray((parsed as PartialRecord | null)?.sections)) return parsed as PartialRecord;
  throw new Error(`${path} is not the record of a run (it has no sections); delete it and run the notebook again.`);
}

function sectionRecord({ name, title = name, cells, history, variants = [], extra = {} }: SectionInput): SectionRecord {
  const metrics = epochMetrics(name, history);
  return {
    name,
    title,
    cells,
    history: metrics,
    finalValAccuracy: metrics.val_accuracy[metrics.val_accuracy.length - 1],
    bestValAccuracy: Math.max(...metrics.val_accuracy),
    seconds: history.seconds,
    variants: variants.map((variant) => ({
      title: variant.title,
      history: epochMetrics(variant.title, variant.history),
    })),
    extra,
  };
}

function epochMetrics(name: string, run: History): EpochMetrics {
  const metrics = run?.history;
  if (metrics === null || typeof metrics !== "object") {
    throw new TypeError(`recordSection: the history of ${show(name)} must be what fit returns, received ${show(run)}.`);
  }
  const { loss, accuracy, val_loss, val_accuracy } = metrics;
  checkMetrics("recordSection", name, { loss, accuracy, val_loss, val_accuracy });
  return { loss, accuracy, val_loss, val_accuracy };
}

function checkFields<T extends object>(owner: string, fields: T): T {
  return checkKeys(owner, fields, recordFields);
}

function existing(folder: string): PartialRecord {
  return existsSync(join(folder, recordFile)) ? readPartialRecord(folder) : { sections: [] };
}

function save(folder: string, record: PartialRecord): void {
  writeFileAtomic(join(folder, recordFile), `${JSON.stringify(record, null, 1)}\n`);
}
