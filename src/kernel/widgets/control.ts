import { Widget, type FrontEndClass, type State } from "./widget";

const CONTROLS = "@jupyter-widgets/controls";
const VERSION = "2.0.0";

/** A class of ipywidgets' controls. */
export function controlClass(name: string, view = name): FrontEndClass {
  return { module: CONTROLS, version: VERSION, model: `${name}Model`, view: `${view}View` };
}

/** What every control can be given. */
export interface ControlOptions {
  /** Stands before it. */
  readonly label?: string;
  /** Shown while the pointer rests on it. */
  readonly tooltip?: string;
  /** Shown but not to be changed. Default false. */
  readonly disabled?: boolean;
  /** CSS width, such as `"400px"` or `"100%"`. */
  readonly width?: string;
}

/** State of every control; `style` is the name of its class of styles in ipywidgets. */
export function commonState({ label = "", tooltip, disabled = false, width }: ControlOptions, style: string): State {
  const layout = new Widget(
    { module: "@jupyter-widgets/base", version: VERSION, model: "LayoutModel", view: "LayoutView" },
    width === undefined ? {} : { width },
  );
  const styleClass = {
    _model_module: CONTROLS,
    _model_module_version: VERSION,
    _model_name: `${style}Model`,
    _view_module: "@jupyter-widgets/base",
    _view_module_version: VERSION,
    _view_name: "StyleView",
  };
  const styled = new Widget(
    { module: CONTROLS, version: VERSION, model: `${style}Model` },
    // A long label is shown whole.
    style === "ButtonStyle" ? styleClass : { ...styleClass, description_width: "initial" },
  );
  return { description: label, tooltip: tooltip ?? null, disabled, layout, style: styled };
}

/** A control that has a value. */
export class Control<T> extends Widget {
  /** Where the front end keeps the value. */
  readonly valueKey: string;
  /** Of any value, so that a control of numbers is one of anything to who only reads it. */
  private readonly write: (value: unknown) => unknown;

  /**
   * @param key where the front end keeps the value
   * @param read makes a value of what the front end keeps; undefined: it is the same
   * @param write the inverse, which throws for what is no value of this control
   */
  constructor(
    of: FrontEndClass,
    state: Readonly<State>,
    key: string = "value",
    private readonly read: (kept: unknown) => T = (kept) => kept as T,
    write: (value: T) => unknown = (value) => value,
  ) {
    super(of, state);
    this.write = write as (value: unknown) => unknown;
    this.valueKey = key;
  }

  /** The present value. */
  get value(): T {
    return this.read(this.get(this.valueKey));
  }

  /** Moves the control in the front end. Throws for what is no value of it. */
  set value(value: T) {
    this.set({ [this.valueKey]: this.write(value) });
  }

  /**
   * Calls a function with each new value, whoever has changed it. It ends when the cell that has added it runs again, or by the
   * function that is returned. What it prints, shows or throws stands below that cell.
   */
  onChange(listener: (value: T) => unknown): () => void {
    return this.onState((changed) => (this.valueKey in changed ? listener(this.value) : undefined));
  }

  /** Its label and value. */
  override asText(): string {
    const label = String(this.get("description") ?? "");
    const value = typeof this.value === "string" ? this.value : JSON.stringify(this.value);
    return label === "" ? `${super.asText()}: ${value}` : `${label}: ${value}`;
  }
}
