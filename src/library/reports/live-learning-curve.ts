/** A learning curve that grows while training runs. */
import { notebookHost } from "dnn-lab-core/notebook-host";
import type { Logs } from "dnn-lab-core/types";
import { randomBytes } from "../platform";
import type { Callback, TrainingContext } from "../training/callbacks/callback";
import { mimeBundle } from "./display";
import { learningCurve, type LearningCurveOptions } from "./figures/learning-curve";

/** Options of {@link liveLearningCurve}, those of `learningCurve`. */
export type LiveLearningCurveOptions = Omit<LearningCurveOptions, "nonFinite">;

interface Curve {
  readonly epoch: number[];
  readonly history: Record<string, number[]>;
  readonly validationEpochs: number[];
}

/**
 * A callback that shows the learning curve of the running training: in a notebook one figure that is brought up to date
 * after each epoch, with the number of epochs and the time that is left in its title; elsewhere a line of text. At the
 * end the figure has a static image too. Training stays compiled: nothing is asked for between the steps of an epoch.
 *
 * @example await fit(model, train, { epochs: 3, callbacks: [liveLearningCurve({ title: "Garments" })] });
 */
export function liveLearningCurve(options: LiveLearningCurveOptions = {}): Callback {
  return new LiveLearningCurve(options);
}

class LiveLearningCurve implements Callback {
  readonly name = "LiveLearningCurve";
  private curve: Curve = empty();
  private displayId = "";
  private isShown = false;
  private started = 0;
  /** Epochs since then: those before a resumed run took their time elsewhere. */
  private done = 0;

  constructor(private readonly options: LiveLearningCurveOptions) {
    // What is wrong with the options is told now.
    if (Object.keys(options).length > 0) learningCurve({ history: sample(options) }, { ...options, nonFinite: "gap" });
  }

  onTrainBegin(): void {
    [this.displayId, this.isShown, this.done] = [randomBytes(8).toString("hex"), false, 0];
    this.started = performance.now();
  }

  async onEpochEnd(epoch: number, logs: Logs, context: TrainingContext): Promise<void> {
    this.add(epoch, logs);
    const left = ((performance.now() - this.started) / ++this.done) * (context.epochs - epoch - 1);
    const state = `epoch ${epoch + 1} of ${context.epochs}${left > 0 ? `, ${duration(left / 1000)} left` : ""}`;
    if (notebookHost()) await this.show(state);
    else context.notify(`${state}: ${inWords(logs)}`);
  }

  async onTrainEnd(): Promise<void> {
    if (notebookHost() && this.isShown) await this.show(undefined);
    this.curve = empty();
  }

  exportState(): unknown {
    return this.curve;
  }

  importState(state: unknown): void {
    const { epoch, history, validationEpochs } = state as Curve;
    const copied = Object.entries(history).map(([name, values]): [string, number[]] => [name, [...values]]);
    this.curve = { epoch: [...epoch], history: Object.fromEntries(copied), validationEpochs: [...validationEpochs] };
  }

  private add(epoch: number, logs: Logs): void {
    const { curve } = this;
    curve.epoch.push(epoch);
    if (Object.keys(logs).some((name) => name.startsWith("val_"))) curve.validationEpochs.push(epoch);
    for (const [name, value] of Object.entries(logs)) (curve.history[name] ??= []).push(value);
  }

  /** @param state of the running training; undefined at its end, when the figure gets its static image. */
  private async show(state: string | undefined): Promise<void> {
    const title = [this.options.title, state].filter(Boolean).join(": ");
    const figure = learningCurve(this.drawn, { ...this.options, ...(title && { title }), nonFinite: "gap" });
    // An image takes longer than many an epoch.
    const bundle = state === undefined ? await mimeBundle(figure) : withoutImage(figure.toJSON(), figure.description);
    notebookHost()?.display(bundle, { displayId: this.displayId, update: this.isShown });
    this.isShown = true;
  }

  /** Copies: what has been shown must not change with the next epoch. */
  private get drawn() {
    const { epoch, history, validationEpochs } = this.curve;
    const some = validationEpochs.length > 0 && validationEpochs.length < epoch.length;
    return { epoch, history, ...(some && { validationEpochs }) };
  }
}

const empty = (): Curve => ({ epoch: [], history: {}, validationEpochs: [] });

/** A history with the metrics that are asked for. */
function sample({ metrics = ["loss"] }: LiveLearningCurveOptions): Record<string, number[]> {
  return Object.fromEntries([...metrics].map((name) => [name, [0]]));
}

function withoutImage(figure: unknown, text: string) {
  return {
    "application/vnd.plotly.v1+json": JSON.parse(JSON.stringify(figure)) as object,
    "text/plain": text,
  };
}

function inWords(logs: Logs): string {
  return Object.entries(logs)
    .map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`)
    .join(", ");
}

/** About: `40 s`, `3 min`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
