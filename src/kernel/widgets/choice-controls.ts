import { shown } from "./checks";
import { commonState, Control, controlClass, type ControlOptions } from "./control";

/** Options of `dropdown`. */
export interface DropdownOptions<T> extends ControlOptions {
  /** Default the first option. */
  readonly value?: T;
}

/**
 * A list to choose from: an array of values, or an object of values by their labels.
 * @throws TypeError when there is nothing to choose; RangeError for a value that is none of the options
 * @example
 * const activation = dropdown(["relu", "tanh", "sigmoid"], { label: "activation" });
 */
export function dropdown<const T>(
  choices: readonly T[] | Readonly<Record<string, T>>,
  options: DropdownOptions<NoInfer<T>> = {},
): Control<T> {
  if (typeof choices !== "object" || choices === null)
    throw new TypeError(`dropdown: the options must be an array or an object, received ${shown(choices)}.`);
  const labelled: [string, T][] = Array.isArray(choices)
    ? (choices as readonly T[]).map((choice) => [labelOf(choice), choice])
    : Object.entries(choices as Readonly<Record<string, T>>);
  if (labelled.length === 0) throw new TypeError("dropdown: there must be at least one option, received none.");
  const write = (value: T): number => {
    const index = labelled.findIndex(([, choice]) => Object.is(choice, value));
    if (index < 0)
      throw new RangeError(
        `dropdown: value must be one of ${labelled.map(([label]) => label).join(", ")}; received ${shown(value)}.`,
      );
    return index;
  };
  const labels = labelled.map(([label]) => label);
  const index = "value" in options ? write(options.value as T) : 0;
  const state = { ...commonState(options, "DescriptionStyle"), _options_labels: labels, index };
  const read = (kept: unknown): T => labelled[kept as number]![1];
  return new Control<T>(controlClass("Dropdown"), state, "index", read, write);
}

function labelOf(choice: unknown): string {
  return typeof choice === "string" ? choice : shown(choice);
}

/** Options of `checkbox`. */
export interface CheckboxOptions extends ControlOptions {
  /** Default false. */
  readonly value?: boolean;
}

/**
 * A box to tick.
 * @throws TypeError for a value that is not true or false
 * @example
 * const batchNormalization = checkbox({ label: "batch normalization" });
 */
export function checkbox(options: CheckboxOptions = {}): Control<boolean> {
  const write = (value: boolean): boolean => {
    if (typeof value !== "boolean")
      throw new TypeError(`checkbox: value must be true or false, received ${shown(value)}.`);
    return value;
  };
  const state = { ...commonState(options, "CheckboxStyle"), value: write(options.value ?? false), indent: false };
  return new Control<boolean>(controlClass("Checkbox"), state, "value", Boolean, write);
}

/** Options of `text`. */
export interface TextOptions extends ControlOptions {
  /** Default empty. */
  readonly value?: string;
  /** Shown while it is empty. */
  readonly placeholder?: string;
  /** Several lines. Default one. */
  readonly lines?: number;
  /** Whether values are told with each letter, not only on Enter. Default false. */
  readonly continuous?: boolean;
}

/**
 * A field for text.
 * @throws TypeError for a value that is no text
 * @example
 * const name = text({ label: "name", placeholder: "of the run" });
 */
export function text(options: TextOptions = {}): Control<string> {
  const { placeholder = "", lines = 1, continuous = false } = options;
  const write = (value: string): string => {
    if (typeof value !== "string") throw new TypeError(`text: value must be a text, received ${shown(value)}.`);
    return value;
  };
  const state = {
    ...commonState(options, "TextStyle"),
    value: write(options.value ?? ""),
    placeholder,
    continuous_update: continuous,
    ...(lines > 1 ? { rows: lines } : {}),
  };
  return new Control<string>(controlClass(lines > 1 ? "Textarea" : "Text"), state, "value", String, write);
}
