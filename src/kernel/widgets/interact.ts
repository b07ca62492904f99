import { randomUUID } from "node:crypto";
import { shown } from "./checks";
import { Control } from "./control";
import { host } from "./host";
import { column } from "./boxes";
import { Widget } from "./widget";

/** So long after the last change the figure is stored with its static picture, for front ends that cannot draw it. */
const SETTLED_MS = 500;

/** The values of controls, by their names. */
export type ValuesOf<C extends Readonly<Record<string, Control<unknown>>>> = {
  readonly [K in keyof C]: C[K] extends Control<infer T> ? T : never;
};

/** What the function of `interact` can do while it runs. */
export interface Running {
  /** Shows a result that is not the last one, in place: a figure while a network trains. */
  readonly show: (value: unknown) => Promise<void>;
  /** Whether a control has changed meanwhile: what is computed now will be replaced, and may end early. */
  readonly isStale: boolean;
}

/** What `interact` shows: the controls, and the result of the function below them. */
export class Interaction<C extends Readonly<Record<string, Control<unknown>>>> {
  private readonly displayId = randomUUID();
  private running: Promise<void> | undefined;
  private isStale = false;
  private isShown = false;
  private hasBegun = false;
  private latest: unknown;
  private settled: NodeJS.Timeout | undefined;

  constructor(
    /** The controls, by the names that the function has for them. */
    readonly controls: C,
    private readonly view: Widget,
    private readonly run: (values: ValuesOf<C>, running: Running) => unknown,
  ) {
    for (const control of Object.values(controls)) control.onChange(() => this.update());
  }

  /** The present values. */
  get values(): ValuesOf<C> {
    return Object.fromEntries(Object.entries(this.controls).map(([name, { value }]) => [name, value])) as ValuesOf<C>;
  }

  /** Runs the function with the present values; while it runs already, once more at its end. */
  update(): Promise<void> {
    if (this.running !== undefined) {
      this.isStale = true;
      return this.running;
    }
    this.running = this.work().finally(() => (this.running = undefined));
    return this.running;
  }

  private async work(): Promise<void> {
    clearTimeout(this.settled);
    do {
      this.isStale = false;
      await this.show(await this.result());
    } while (this.isStale);
    if (this.hasBegun) this.settled = setTimeout(() => void this.settle(), SETTLED_MS);
  }

  private async result(): Promise<unknown> {
    const isStale = () => this.isStale;
    const running: Running = {
      show: (value) => this.show(value),
      get isStale() {
        return isStale();
      },
    };
    try {
      return await this.run(this.values, running);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return new Representation({
        "text/plain": text,
        "text/html": `<pre style="color: #b00020">${escaped(text)}</pre>`,
      });
    }
  }

  /** Without the static picture of a figure, which takes a while; it follows when nothing changes any more. */
  private async show(value: unknown): Promise<void> {
    const { display } = host();
    this.latest = value === undefined ? new Representation({ "text/plain": "" }) : value;
    const bundle = await display.represent(this.latest, { picture: false });
    display.display(bundle.data, { displayId: this.displayId, update: this.isShown });
    this.isShown = true;
  }

  private async settle(): Promise<void> {
    const { display } = host();
    const { data, metadata } = await display.represent(this.latest);
    if (this.running === undefined && "image/png" in data)
      display.display(data, { displayId: this.displayId, update: true, metadata });
  }

  /** @internal Shows the controls, and runs the function once. */
  async begin(): Promise<void> {
    const { display } = host();
    const { data } = await display.represent(this.view);
    display.display(data, { displayId: randomUUID() });
    await this.update();
    this.hasBegun = true;
    await this.settle();
  }

  /** It has been shown already. */
  [Symbol.for("Jupyter.display")](): object {
    return {};
  }
}

class Representation {
  constructor(private readonly data: Readonly<Record<string, string>>) {}

  [Symbol.for("Jupyter.display")](): object {
    return this.data;
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign] as string);
}

/**
 * Shows controls, and below them what a function makes of their values: once now, and again whenever one of them changes. The
 * result is replaced in place; while the function runs, changes wait, and only the latest values count. A function that takes long
 * can show how far it is, and end early when a control has changed (its second argument). An error is shown in place of the
 * result. A headless run shows the first result and does not wait.
 * @throws TypeError for controls that are none
 * @example
 * await interact({ rate: slider({ min: 1e-4, max: 1, scale: "log" }) }, ({ rate }) => `rate ${rate}`);
 */
export async function interact<C extends Readonly<Record<string, Control<unknown>>>>(
  controls: C,
  run: (values: ValuesOf<C>, running: Running) => unknown,
): Promise<Interaction<C>> {
  if (typeof run !== "function")
    throw new TypeError(`interact: the second argument must be a function, received ${shown(run)}.`);
  const all = Object.entries(controls);
  for (const [name, control] of all)
    if (!(control instanceof Control))
      throw new TypeError(
        `interact: ${name} must be a control, as in { ${name}: slider() }; received ${shown(control)}.`,
      );
  for (const [name, control] of all) if (control.get("description") === "") control.set({ description: name });
  const interaction = new Interaction(controls, column(all.map(([, control]) => control)), run);
  await interaction.begin();
  return interaction;
}
