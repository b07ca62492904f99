/** Optimizers as plain data, the way TensorFlow.js saves them with a model. */
import { guess, list, show } from "dnn-lab-core/check";
import type { Schedule } from "dnn-lab-core/types";
import type { tf } from "../../engine/tf";
import { describeSchedule, scheduleFromConfig, type ScheduleConfig } from "../schedules";

/** Factory name → factory; filled by `index.ts`, which knows them all. */
export const optimizerFactories = new Map<string, (options: object) => tf.Optimizer>();

/** The options of factory `name` as plain data; throws for a schedule that the library does not know. */
export function toConfig(name: string, options: Readonly<Record<string, unknown>>): tf.serialization.ConfigDict {
  const plain = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, plainValue(name, value)]);
  return { name, ...(Object.fromEntries(plain) as tf.serialization.ConfigDict) };
}

function plainValue(owner: string, value: unknown): unknown {
  // When TensorFlow.js reads a model it rewrites strings (snake to camel case), except those under the key `name`.
  if (Array.isArray(value)) return value.map((item: unknown) => ({ name: item }));
  if (typeof value !== "function") return value;
  const config = describeSchedule(value as Schedule);
  if (config) return config;
  const fix = "Use the library's schedules, or save the model without its optimizer.";
  throw new Error(`${owner}: a schedule that is a function of your own cannot be saved. ${fix}`);
}

/** Makes the optimizer that `toConfig` described; options it does not know are refused by its factory. */
export function optimizerFromConfig(config: object): tf.Optimizer {
  const { name, ...options } = config as Record<string, unknown>;
  const factory = optimizerFactories.get(name as string);
  if (!factory) {
    const names = [...optimizerFactories.keys()];
    throw new TypeError(
      `Optimizer.fromConfig: name must be one of ${list(names)}, received ${show(name)}.${guess(name, names)}`,
    );
  }
  // TensorFlow.js adds the custom objects that it was given.
  const own = Object.entries(options).filter(([key]) => key !== "customObjects");
  const rebuilt = own.map(([key, value]) => [key, originalValue(value)]);
  return factory(Object.fromEntries(rebuilt) as object);
}

function originalValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(({ name }: { name: unknown }) => name);
  return typeof value === "object" && value !== null ? scheduleFromConfig(value as ScheduleConfig) : value;
}
