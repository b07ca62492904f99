/** Whether a record is whole: checked where it is written and again where it is read, since files can be old or cut. */
import { show } from "dnn-lab-core/check";
import type { EpochMetrics, PartialRecord, RunRecord, SectionRecord } from "./record-shape";

const metricNames = ["loss", "accuracy", "val_loss", "val_accuracy"] as const;
const textFields = ["project", "commit", "startedAt", "notebook"] as const;
const factFields = ["versions", "engine", "machine"] as const;

/** Returns `record` when nothing is missing or wrong; `source` (a file, a function) begins the message otherwise. */
export function checkRecord(source: string, record: PartialRecord): RunRecord {
  for (const field of textFields) checkText(source, field, record[field]);
  for (const field of ["seconds", "seed"] as const) checkFinite(source, field, record[field]);
  if (typeof record.dirty !== "boolean") throw new TypeError(missing(source, "dirty", "true or false", record.dirty));
  for (const field of factFields) checkFacts(source, field, record[field]);
  checkText(source, "engine.name", record.engine?.name);
  checkData(source, record.data);
  if (record.sections.length === 0) throw new TypeError(`${source}: the run has no sections.`);
  for (const section of record.sections) checkSection(source, section);
  checkFinite(source, "test.accuracy", record.test?.accuracy);
  checkFinite(source, "test.loss", record.test?.loss);
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

function checkData(source: string, data: PartialRecord["data"]): void {
  for (const field of ["name", "source", "fingerprint"] as const) checkText(source, `data.${field}`, data?.[field]);
  if (typeof data?.comparable !== "boolean") {
    throw new TypeError(missing(source, "data.comparable", "true or false", data?.comparable));
  }
  if (!Array.isArray(data.notes)) throw new TypeError(missing(source, "data.notes", "an array of remarks", data.notes));
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
