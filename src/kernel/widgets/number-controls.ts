import { checkRange, checkWithin, shown } from "./checks";
import { commonState, Control, controlClass, type ControlOptions } from "./control";

/** Options of `slider`. */
export interface SliderOptions extends ControlOptions {
  /** Default 0; for `scale: "log"` there is none. */
  readonly min?: number;
  /** Default 100; for `scale: "log"` there is none. */
  readonly max?: number;
  /** Default 1 where all is whole, else a hundredth of the range. With `scale: "log"` it counts powers of ten, default 0.1. */
  readonly step?: number;
  /** Default `min`. */
  readonly value?: number;
  /** `"log"`: equal ways are equal factors, as for learning rates. Default `"linear"`. */
  readonly scale?: "linear" | "log";
  /** Whether values are told while the slider moves, not only when it is let go. Default true. */
  readonly continuous?: boolean;
}

/**
 * A slider for a number.
 * @throws TypeError, RangeError for options that make no range, and for a value outside of it
 * @example
 * const units = slider({ label: "units", min: 1, max: 128, value: 16 });
 * units.onChange((value) => console.log(value));
 */
export function slider(options: SliderOptions = {}): Control<number> {
  if (options.scale === "log") return logSlider(options);
  if (options.scale !== undefined && options.scale !== "linear")
    throw new RangeError(`slider: scale must be "linear" or "log", received ${shown(options.scale)}.`);
  const { min = 0, max = 100, continuous = true } = options;
  const isWhole = [min, max, options.step ?? 1, options.value ?? min].every(Number.isInteger);
  const step = options.step ?? (isWhole ? 1 : (max - min) / 100);
  checkRange("slider", min, max, step);
  const write = (value: number): number => checkWithin("slider: value", value, min, max);
  const state = { min, max, step, value: write(options.value ?? min), continuous_update: continuous };
  const format = isWhole ? {} : { readout_format: ".4~g" };
  const of = controlClass(isWhole ? "IntSlider" : "FloatSlider");
  return new Control<number>(
    of,
    { ...commonState(options, "SliderStyle"), ...state, ...format },
    "value",
    Number,
    write,
  );
}

function logSlider(options: SliderOptions): Control<number> {
  const { min, max, step = 0.1, continuous = true } = options;
  if (min === undefined || max === undefined || !(min > 0))
    throw new RangeError(
      `slider: scale "log" needs min and max above 0, as in { min: 1e-4, max: 1 }; received ${shown({ min, max })}.`,
    );
  checkRange("slider", min, max, step);
  const write = (value: number): number => checkWithin("slider: value", value, min, max);
  const powers = { base: 10, min: Math.log10(min), max: Math.log10(max), step };
  const state = {
    ...powers,
    value: write(options.value ?? min),
    continuous_update: continuous,
    readout_format: ".3~g",
  };
  const of = controlClass("FloatLogSlider");
  return new Control<number>(of, { ...commonState(options, "SliderStyle"), ...state }, "value", Number, write);
}

/** Options of `range`. */
export interface RangeOptions extends Omit<SliderOptions, "value" | "scale"> {
  /** Default the whole range. */
  readonly value?: readonly [number, number];
}

/**
 * A slider with two ends.
 * @throws TypeError, RangeError as `slider` does, and when the lower end is above the upper one
 * @example
 * const epochs = range({ label: "epochs", min: 0, max: 50, value: [10, 20] });
 */
export function range(options: RangeOptions = {}): Control<[number, number]> {
  const { min = 0, max = 100, continuous = true } = options;
  const value = options.value ?? [min, max];
  const isWhole = [min, max, options.step ?? 1, ...(Array.isArray(value) ? value : [])].every(Number.isInteger);
  const step = options.step ?? (isWhole ? 1 : (max - min) / 100);
  checkRange("range", min, max, step);
  const write = (ends: readonly [number, number]): [number, number] => {
    if (!Array.isArray(ends) || ends.length !== 2)
      throw new TypeError(`range: value must be two numbers, as in [10, 20]; received ${shown(ends)}.`);
    const [from, to] = ends.map((end) => checkWithin("range: value", end, min, max)) as [number, number];
    if (from > to) throw new RangeError(`range: the lower end comes first, received ${shown(ends)}.`);
    return [from, to];
  };
  const state = { min, max, step, value: write(value), continuous_update: continuous };
  const of = controlClass(isWhole ? "IntRangeSlider" : "FloatRangeSlider");
  const all = { ...commonState(options, "SliderStyle"), ...state };
  return new Control<[number, number]>(of, all, "value", (kept) => [...(kept as [number, number])], write);
}

/** Options of `play`. */
export interface PlayOptions extends Omit<SliderOptions, "scale" | "continuous"> {
  /** Time between two values. Default 100. */
  readonly intervalMs?: number;
  /** Begins anew at the end. Default false. */
  readonly repeat?: boolean;
}

/**
 * Buttons that let a whole number run from `min` to `max`; the front end counts.
 * @throws TypeError, RangeError as `slider` does
 * @example
 * const frame = play({ max: 30, intervalMs: 200 });
 */
export function play(options: PlayOptions = {}): Control<number> {
  const { min = 0, max = 100, step = 1, intervalMs = 100, repeat = false } = options;
  checkRange("play", min, max, step);
  const write = (value: number): number => checkWithin("play: value", value, min, max);
  const state = { min, max, step, value: write(options.value ?? min), interval: intervalMs, repeat };
  const all = { ...commonState(options, "DescriptionStyle"), ...state };
  return new Control<number>(controlClass("Play"), all, "value", Number, write);
}

/**
 * A bar that shows how far something is, from `min` to `max`.
 * @throws TypeError, RangeError as `slider` does
 * @example
 * const bar = progress({ label: "training", max: 10 });
 * bar.value = 3;
 */
export function progress(options: Omit<SliderOptions, "scale" | "continuous" | "step"> = {}): Control<number> {
  const { min = 0, max = 100 } = options;
  checkRange("progress", min, max, 1);
  const write = (value: number): number => checkWithin("progress: value", value, min, max);
  const { disabled: _disabled, ...common } = commonState(options, "ProgressStyle");
  const state = { ...common, min, max, value: write(options.value ?? min) };
  return new Control<number>(controlClass("FloatProgress", "Progress"), state, "value", Number, write);
}
