/** What a checkpoint belongs to: two starts of one run have equal descriptions. */
import type { AnyDataset } from "../../data/stream/stream-dataset";
import type { tf } from "../../engine/tf";
import { describeSchedule } from "../../techniques/schedules";
import type { Optimizer } from "../../techniques/optimizers/optimizer";
import type { Callback } from "../callbacks/callback";
import { withMemory } from "../callbacks/callback-list";
import type { ClassWeight } from "../steps/step";
import { describeData } from "./data-description";
import { describeModel } from "./model-description";
import { resumableOptimizer } from "./optimizer-state";

export interface RunParts {
  readonly model: tf.LayersModel;
  readonly train: AnyDataset;
  readonly validation: AnyDataset | undefined;
  readonly callbacks: readonly Callback[];
  readonly metricNames: readonly string[];
  readonly classWeight: ClassWeight | undefined;
  readonly initialEpoch: number;
  readonly stepsPerExecution: number;
  /** Undefined when an epoch is one pass. */
  readonly stepsPerEpoch: number | undefined;
  readonly validates: (epoch: number) => boolean;
}

/** Plain data, as JSON gives it back. The number of epochs is not part of it: a run may be prolonged. */
export type RunDescription = Readonly<Record<"model" | "optimizer" | "objective" | "data" | "fit", unknown>> & {
  readonly optimizer: { readonly learningRate: unknown };
};

export function describeRun(parts: RunParts): RunDescription {
  const { model, train, validation, callbacks, metricNames, classWeight, initialEpoch, stepsPerExecution } = parts;
  const { stepsPerEpoch, validates } = parts;
  const description = {
    model: describeModel(model),
    ...describeCompiled(model, metricNames),
    data: describeData(train),
    validationData: validation ? describeData(validation) : "none",
    fit: {
      ...{ initialEpoch, stepsPerExecution, stepsPerEpoch, classWeight: classWeight ?? {} },
      // Of the first epochs, since the number of them is not part of a run.
      validatedEpochs: validation && Array.from({ length: 100 }, (_, epoch) => epoch).filter(validates),
    },
    callbacksWithMemory: withMemory(callbacks).map(({ name }) => name ?? "(without a name)"),
  };
  return JSON.parse(JSON.stringify(description)) as RunDescription;
}

/** What a model was compiled with. */
export function describeCompiled(model: tf.LayersModel, metricNames: readonly string[] = []) {
  return {
    optimizer: describeOptimizer(resumableOptimizer(model)),
    objective: { loss: named((model as unknown as { loss: unknown }).loss), metrics: metricNames },
  };
}

/** Steps at which a schedule that is a function of the user's is compared. */
const SAMPLED_STEPS = [0, 1, 2, 5, 10, 100, 1000, 10_000, 100_000];

function describeOptimizer(optimizer: Optimizer) {
  const { schedule, learningRate } = optimizer;
  const rate = schedule ? (describeSchedule(schedule) ?? SAMPLED_STEPS.map((step) => schedule(step))) : learningRate;
  return { ...optimizer.settings(), learningRate: rate };
}

/** Functions by their names, which is all that can be told of them. */
function named(value: unknown): unknown {
  if (typeof value === "function") return `function ${value.name}`;
  return Array.isArray(value) ? value.map(named) : value;
}
