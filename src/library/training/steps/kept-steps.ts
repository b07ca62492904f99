/**
 * Recordings stay with their model: the next `fit` or evaluation with data of the same form replays them at once. What a recording
 * holds fast is compared each time (model-facts.ts); models with functions of the user's are recorded anew, since nobody
 * sees what these read.
 */
import { isOwnTransform } from "../../data/augment/transform";
import type { AnyDataset } from "../../data/stream/stream-dataset";
import { StreamDataset } from "../../data/stream/stream-dataset";
import type { Plan } from "../../engine/compile";
import { tf } from "../../engine/tf";
import type { TaskName } from "./batch-task";
import type { CompiledSteps } from "./compiled-steps";
import { modelFacts, sameFacts } from "./model-facts";

interface Kept {
  readonly form: string;
  readonly plan: Plan;
  /** Of the model when it was recorded. */
  readonly facts: readonly unknown[];
  readonly steps: CompiledSteps;
}

/** Recordings that a model keeps at most; the one that was used the longest ago goes first. */
const MOST = 4;

/** The newest first. One that is in use is not among them. */
const recordings = new WeakMap<tf.LayersModel, Kept[]>();
/** Model → form → steps that were expected so far. */
const expected = new WeakMap<tf.LayersModel, Map<string, number>>();

/** What a model keeps for one kind of steps on data of one form. */
export class KeptSteps {
  private constructor(
    private readonly model: tf.LayersModel,
    private readonly form: string,
    private readonly facts: readonly unknown[],
  ) {}

  /** Undefined where nothing may be kept. */
  static of(model: tf.LayersModel, task: TaskName, data: AnyDataset): KeptSteps | undefined {
    if (!isPlain(data)) return undefined;
    const facts = modelFacts(model, task);
    return facts && new KeptSteps(model, formOf(task, data), facts);
  }

  /** Notes that so many steps will be run, and tells how many were before. */
  expect(steps: number): number {
    const known = expected.get(this.model) ?? new Map<string, number>();
    const before = known.get(this.form) ?? 0;
    expected.set(this.model, known.set(this.form, before + steps));
    return before;
  }

  /** The plans of the recordings that can be used now. */
  plans(): Plan[] {
    return this.usable().map(({ plan }) => plan);
  }

  /** A recording, which is in use until it is put back. */
  take(plan: Plan): CompiledSteps | undefined {
    const found = this.usable().find((one) => one.plan === plan);
    if (!found) return undefined;
    remove(this.model, found);
    this.keep(found.steps, plan);
    return found.steps;
  }

  /** From now on the steps are put back when they are disposed of. */
  keep(steps: CompiledSteps, plan: Plan): void {
    const { model, form } = this;
    const facts = modelFacts(model, steps.taskName);
    if (facts) steps.putAway = () => put(model, { form, plan, facts, steps });
  }

  private usable(): Kept[] {
    const known = recordings.get(this.model) ?? [];
    const outdated = known.filter((one) => one.form === this.form && !this.stillTrue(one));
    for (const one of outdated) {
      remove(this.model, one);
      one.steps.discard();
    }
    return (recordings.get(this.model) ?? []).filter((one) => one.form === this.form);
  }

  private stillTrue({ steps, facts }: Kept): boolean {
    return steps.isAlive && sameFacts(facts, this.facts);
  }
}

/** Gives back what a model keeps. */
export function forgetRecordings(model: tf.LayersModel): void {
  for (const { steps } of recordings.get(model) ?? []) steps.discard();
  recordings.delete(model);
}

function put(model: tf.LayersModel, kept: Kept): void {
  const all = [kept, ...(recordings.get(model) ?? [])];
  for (const { steps } of all.slice(MOST)) steps.discard();
  recordings.set(model, all.slice(0, MOST));
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
function formOf(task: TaskName, data: AnyDataset): string {
  const { features, labels, sampleWeights } = data.storage;
  const columns = [features, labels, sampleWeights].map(
    (column) => column && `${column.values.constructor.name} ${column.values.length} [${column.shape.join()}]`,
  );
  const kind = data instanceof StreamDataset ? "stream" : "stored";
  return [kind, task, data.batchSize, data.scale, ...columns, ...data.transforms.map(({ key }) => key)].join(" ");
}

const prototype = tf.LayersModel.prototype;
const { dispose } = prototype;

prototype.dispose = function () {
  forgetRecordings(this);
  return dispose.call(this);
};
