/**
 * Recordings stay with their model: the next `fit`, `evaluate` or `predict` with data of the same form replays them at once.
 * What a recording holds fast is compared each time (model-facts.ts); models with functions of the user's are recorded anew,
 * since nobody sees what these read.
 */
import { isOwnTransform } from "../../data/augment/transform";
import type { AnyDataset } from "../../data/stream/stream-dataset";
import { StreamDataset } from "../../data/stream/stream-dataset";
import type { Plan } from "../../engine/compile";
import { tf } from "../../engine/tf";
import { type KeptTask, modelFacts, sameFacts } from "./model-facts";

/** What is kept. */
export interface Recording {
  /** Whether it can be used again. */
  readonly isAlive: boolean;
  /** Takes the recording when who uses it has come to the end; without it the recording goes, too. */
  putAway: (() => void) | undefined;
  /** Gives the recording back. */
  discard(): void;
}

interface Kept {
  readonly task: KeptTask;
  readonly form: string;
  readonly plan: Plan;
  /** Of the model when it was recorded. */
  readonly facts: readonly unknown[];
  readonly recording: Recording;
}

/** Recordings that a model keeps at most for each task; the one that was used the longest ago goes first. */
const MOST = 4;
/** Forms whose steps a model counts at most. */
const MOST_FORMS = 100;

/** The newest first. One that is in use is not among them. */
const recordings = new WeakMap<tf.LayersModel, Kept[]>();
/** Model → form → steps that were expected so far. */
const expected = new WeakMap<tf.LayersModel, Map<string, number>>();

/** What a model keeps for one task on data of one form. */
export class KeptSteps<Kind extends Recording> {
  private constructor(
    private readonly model: tf.LayersModel,
    private readonly task: KeptTask,
    private readonly form: string,
    private readonly facts: readonly unknown[],
  ) {}

  /** Undefined where nothing may be kept. */
  static of<Kind extends Recording>(
    model: tf.LayersModel,
    task: KeptTask,
    data: AnyDataset | tf.Tensor,
    batchSize: number,
  ): KeptSteps<Kind> | undefined {
    if (!(data instanceof tf.Tensor) && !isPlain(data)) return undefined;
    const facts = modelFacts(model, task);
    return facts && new KeptSteps(model, task, `${task} ${batchSize} ${formOf(data)}`, facts);
  }

  /** Notes that so many steps will be run, and tells how many were before. */
  expect(steps: number): number {
    const known = expected.get(this.model) ?? new Map<string, number>();
    expected.set(this.model, known);
    const before = known.get(this.form) ?? 0;
    // The newest last.
    known.delete(this.form);
    known.set(this.form, before + steps);
    if (known.size > MOST_FORMS) known.delete(known.keys().next().value as string);
    return before;
  }

  /** The plans of the recordings that can be used now. */
  plans(): Plan[] {
    return this.usable().map(({ plan }) => plan);
  }

  /** A recording, which is in use until it is put back. */
  take(plan: Plan): Kind | undefined {
    const found = this.usable().find((one) => one.plan === plan);
    if (!found) return undefined;
    remove(this.model, found);
    const { recording } = found;
    recording.putAway = () => put(this.model, found);
    return recording as Kind;
  }

  /** From now on the recording is put back when who uses it has come to the end. */
  keep(recording: Kind, plan: Plan): void {
    const { model, task, form } = this;
    const facts = modelFacts(model, task);
    if (facts) recording.putAway = () => put(model, { task, form, plan, facts, recording });
  }

  private usable(): Kept[] {
    const known = recordings.get(this.model) ?? [];
    const outdated = known.filter((one) => one.form === this.form && !this.stillTrue(one));
    for (const one of outdated) {
      remove(this.model, one);
      one.recording.discard();
    }
    return (recordings.get(this.model) ?? []).filter((one) => one.form === this.form);
  }

  private stillTrue({ recording, facts }: Kept): boolean {
    return recording.isAlive && sameFacts(facts, this.facts);
  }
}

/** Gives back what a model keeps. */
export function forgetRecordings(model: tf.LayersModel): void {
  for (const { recording } of recordings.get(model) ?? []) recording.discard();
  recordings.delete(model);
}

function put(model: tf.LayersModel, kept: Kept): void {
  const all = [kept, ...(recordings.get(model) ?? [])];
  const old = all.filter(({ task }) => task === kept.task).slice(MOST);
  for (const { recording } of old) recording.discard();
  recordings.set(
    model,
    all.filter((one) => !old.includes(one)),
  );
}

function remove(model: tf.LayersModel, kept: Kept): void {
  recordings.set(
    model,
    (recordings.get(model) ?? []).filter((one) => one !== kept),
  );
}

/** Whether the form tells all that happens to the batches: transforms of the library's that draw nothing, one column. */
function isPlain(data: AnyDataset): boolean {
  const { featureLayout, labelLayout, weightLayout } = data;
  if (featureLayout || labelLayout || weightLayout) return false;
  return data.transforms.every((transform) => isOwnTransform(transform) && !transform.random);
}

/** Names what data must have in common to be read by one recording. */
function formOf(data: AnyDataset | tf.Tensor): string {
  if (data instanceof tf.Tensor) return `${data.dtype} [${data.shape.join()}]`;
  const { features, labels, sampleWeights } = data.storage;
  const columns = [features, labels, sampleWeights].map(
    (column) => column && `${column.values.constructor.name} ${column.values.length} [${column.shape.join()}]`,
  );
  const kind = data instanceof StreamDataset ? "stream" : "stored";
  return [kind, data.scale, ...columns, ...data.transforms.map(({ key }) => key)].join(" ");
}

const prototype = tf.LayersModel.prototype;
const { dispose } = prototype;

prototype.dispose = function () {
  forgetRecordings(this);
  return dispose.call(this);
};
