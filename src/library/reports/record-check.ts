/** Whether a record is whole: checked where it is written and again where it is read, since files can be old or cut. */
import { show } from "dnn-lab-core/check";
import type { EpochMetrics, PartialRecord, RunRecord, SectionRecord } from "./record-shape";

const metricNames = ["loss", "accuracy", "val_loss", "val_accuracy"] as const;

/** Throws when a field of a record is missing or wrong; `field` is its name. */
type Check = (source: string, field: string, value: unknown) => void;

/** Every field of a record, with what is checked of it. */
const checks: { readonly [Field in keyof RunRecord]-?: Check } = {
  project: checkText,
  commit: checkText,
  startedAt: checkText,
  notebook: checkText,
  seconds: checkFinite,
  seed: checkFinite,
  dirty: checkBoolean,
  versions: checkFacts,
  engine: (source, field, value) => {
    checkFacts(source, field, value);
    checkText(source, "engine.name", (value as RunRecord["engine"]).name);
  },
  machine: checkFacts,
  data: checkData,
  sections: checkSections,
  test: (source, _, value) => {
    const test = value as Partial<RunRecord["test"]> | undefined;
    checkFinite(source, "test.accuracy", test?.accuracy);
    checkFinite(source, "test.loss", test?.loss);
  },
  // Shown as it is.
  expected: () => undefined,
};

/** The names of a record's fields. */
export const recordFields = Object.keys(checks) as readonly (keyof RunRecord)[];

/** Returns `record` when nothing is missing or wrong; `source` (a file, a function) begins the message otherwise. */
export function checkRecord(source: string, record: PartialRecord): RunRecord {
  for (const field of recordFields) checks[field](source, field, record[field]);
  return record as RunRecord;
}

/** Throws unless the section has its names and whole, finite, equally long metrics. */
export function checkSection(source: string, section: SectionRecord): void {
  checkText(source, "name of a section", section?.name);
  const { name, title, cells, history, variants } = section;
  checkText(source, `title of section ${show(name)}`, title);
  if (!Array.isArray(cells) || cells.length !== 2 || !cells.every(Number.isInteger)) {
    throw new TypeError(missing(source, `cells of section ${show(name)}`, "[first, last] execution counts", cells));
  }
  checkMetrics(source, name, history);
  for (const field of ["finalValAccuracy", "bestValAccuracy", "seconds"] as const) {
    checkFinite(source, `${field} of section ${show(name)}`, section[field]);
  }
  for (const variant of variants ?? []) checkMetrics(source, variant.title, variant.history);
}

/** Throws unless the four metrics are there, finite and of one length. */
export function checkMetrics(source: string, run: string, history: EpochMetrics): void {
  for (const metric of metricNames) {
    const values: unknown = history?.[metric];
    if (!Array.isArray(values)) throw new TypeError(`${source}: ${show(run)} has no ${metric}.${cure(metric)}`);
    if (values.length === 0) throw new TypeError(`${source}: ${show(run)} has no epochs; train for at least one.`);
    if (values.length !== history.loss.length) {
      throw new TypeError(
        `${source}: ${show(run)} has ${history.loss.length} values of loss but ${values.length} of ${metric}.`,
      );
    }
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new TypeError(
        `${source}: ${metric} of ${show(run)} is ${show(values[bad])} in epoch ${bad + 1}; the run diverged.`,
      );
  }
}

function cure(metric: string): string {
  if (metric.startsWith("val_")) return " Pass validationData to fit.";
  return metric === "accuracy" ? " Compile the model with metrics: ['accuracy']." : "";
}

function checkBoolean(source: string, field: string, value: unknown): void {
  if (typeof value !== "boolean") throw new TypeError(missing(source, field, "true or false", value));
}

function checkSections(source: string, _: string, value: unknown): void {
  const sections = value as RunRecord["sections"];
  if (sections.length === 0) throw new TypeError(`${source}: the run has no sections.`);
  for (const section of sections) checkSection(source, section);
}

function checkData(source: string, _: string, value: unknown): void {
  const data = value as PartialRecord["data"];
  for (const field of ["name", "source", "fingerprint"] as const) checkText(source, `data.${field}`, data?.[field]);
  checkBoolean(source, "data.comparable", data?.comparable);
  if (!Array.isArray(data?.notes))
    throw new TypeError(missing(source, "data.notes", "an array of remarks", data?.notes));
}

function checkText(source: string, field: string, value: unknown): void {
  if (typeof value !== "string" || value === "") throw new TypeError(missing(source, field, "text", value));
}

function checkFinite(source: string, field: string, value: unknown): void {
  if (!Number.isFinite(value)) throw new TypeError(missing(source, field, "a finite number", value));
}

function checkFacts(source: string, field: string, value: unknown): void {
  if (value === null || typeof value !== "object") throw new TypeError(missing(source, field, "an object", value));
}

function missing(source: string, field: string, expected: string, value: unknown): string {
  return `${source}: ${field} must be ${expected}, received ${show(value)}.`;
}
