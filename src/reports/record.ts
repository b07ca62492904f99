/**
 * The record of a run: what was computed, on what, with what, as plain JSON.
 *
 * A notebook writes it section by section into its results folder; the runner that executed the notebook reads it
 * afterwards. So neither needs to know the other, and a run that stops half way leaves what it had.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkOptions, show } from "../core/check";
import { writeFileAtomic } from "../core/files";
import type { History } from "../training/history";
import { checkMetrics, checkRecord, checkSection } from "./record-check";

/** Plain facts shown with a record. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** One number an epoch for each metric; all of one length. */
export interface EpochMetrics {
  /** Training loss. */
  readonly loss: readonly number[];
  /** Training accuracy. */
  readonly accuracy: readonly number[];
  /** Validation loss. */
  readonly val_loss: readonly number[];
  /** Validation accuracy. */
  readonly val_accuracy: readonly number[];
}

/** A further run of a section, without a published counterpart. */
export interface Variant {
  /** Title in reports. */
  readonly title: string;
  /** Its figures. */
  readonly history: EpochMetrics;
}

/** A section of the notebook: one training run. */
export interface SectionRecord {
  /** Key by which published figures are found, such as `power`. */
  readonly name: string;
  /** Title in reports. */
  readonly title: string;
  /** First and last execution count. */
  readonly cells: readonly [number, number];
  /** Its figures by epoch. */
  readonly history: EpochMetrics;
  /** Validation accuracy of the last epoch. */
  readonly finalValAccuracy: number;
  /** Highest validation accuracy. */
  readonly bestValAccuracy: number;
  /** Wall-clock time of training. */
  readonly seconds: number;
  /** Further runs of the section. */
  readonly variants: readonly Variant[];
  /** Facts shown with it. */
  readonly extra: Facts;
}

/** The data set of a run. */
export interface DataRecord {
  /** Name of the data set. */
  readonly name: string;
  /** Where the bytes came from. */
  readonly source: string;
  /** SHA-256 of the data. */
  readonly fingerprint: string;
  /** False for generated stand-ins: published figures say nothing about them. */
  readonly comparable: boolean;
  /** Remarks that belong beside every result. */
  readonly notes: readonly string[];
}

/** Figures of an earlier run of the same kind, beside this one's. */
export interface ExpectedFigures {
  /** Where the expected figures stand. */
  readonly source: string;
  /** How many images were used for what. */
  readonly split: string;
  /** Test accuracies of both runs, and how far they may lie apart. */
  readonly figures: readonly {
    readonly title: string;
    readonly expected: number;
    readonly ours: number;
    readonly tolerance: number;
  }[];
}

/** A whole run. */
export interface RunRecord {
  /** Name of the package. */
  readonly project: string;
  /** Commit of the code; `unknown` outside a repository. */
  readonly commit: string;
  /** Whether the code differed from the commit. */
  readonly dirty: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Wall-clock time of the whole run. */
  readonly seconds: number;
  /** Versions of what computed, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** What `engineReport` tells: the engine's name, and why it was chosen. */
  readonly engine: { readonly name: string };
  /** The processor and its memory. */
  readonly machine: Facts;
  /** The data set, its source and fingerprint. */
  readonly data: DataRecord;
  /** The global seed. */
  readonly seed: number;
  /** Path of the notebook in the project. */
  readonly notebook: string;
  /** One for each training run, in order. */
  readonly sections: readonly SectionRecord[];
  /** Loss and accuracy on the test split. */
  readonly test: { readonly loss: number; readonly accuracy: number };
  /** What the run is compared with in place of published figures. */
  readonly expected?: ExpectedFigures;
}

/** What is known of a run so far. */
export type PartialRecord = Partial<Omit<RunRecord, "sections">> & Pick<RunRecord, "sections">;

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
  checkOptions("recordSection", input, ["name", "title", "cells", "history", "variants", "extra"]);
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
  return checkOptions(owner, fields, fieldNames);
}

function existing(folder: string): PartialRecord {
  return existsSync(join(folder, recordFile)) ? readPartialRecord(folder) : { sections: [] };
}

function save(folder: string, record: PartialRecord): void {
  writeFileAtomic(join(folder, recordFile), `${JSON.stringify(record, null, 1)}\n`);
}

const fieldNames = [
  ...["project", "commit", "dirty", "startedAt", "seconds", "versions", "engine", "machine", "data", "seed"],
  ...["notebook", "sections", "test", "expected"],
];
