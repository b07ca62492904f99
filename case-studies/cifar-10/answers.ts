/** All stages together, and what they say: tables and figures, the same for the notebook and for the command. */
import { compareRuns, dataFrame, type Figure, lineFigure } from "dnn-lab";
import { transferTask, type TransferTask } from "./base";
import { type ConvnetRun, convnetSeries } from "./convnet";
import { type DenseRun, denseSeries } from "./dense";
import { rounded } from "./rounded";
import type { Study } from "./study";
import { type FineTuned, fineTuning, inputSizes, shrinking, type Shrunk, stepByStep, type Trained } from "./transfer";

export interface Answers {
  readonly task: TransferTask;
  readonly dense: readonly DenseRun[];
  readonly convnet: readonly ConvnetRun[];
  readonly sizes: readonly Trained[];
  readonly steps: readonly Trained[];
  readonly fineTuned: FineTuned;
  readonly shrunk: readonly Shrunk[];
}

/** Computes what is not kept yet, one stage after the other. */
export async function answers(study: Study): Promise<Answers> {
  const task = await transferTask(study);
  return {
    task,
    dense: await denseSeries(study),
    convnet: await convnetSeries(study),
    sizes: await inputSizes(study, task),
    steps: await stepByStep(study, task),
    shrunk: await shrinking(study, task),
    fineTuned: await fineTuning(study, task),
  };
}

export function denseTable(runs: readonly DenseRun[], goal: number) {
  const seconds = ({ seconds, epochsToGoal, history }: DenseRun) =>
    epochsToGoal === null ? "never" : rounded((seconds * epochsToGoal) / history.length, 1);
  return dataFrame({
    run: runs.map(({ name }) => name),
    "best validation accuracy": runs.map(({ bestValidAccuracy }) => rounded(bestValidAccuracy)),
    "test accuracy": runs.map(({ testAccuracy }) => rounded(testAccuracy)),
    [`epochs to ${goal}`]: runs.map(({ epochsToGoal }) => epochsToGoal ?? "never"),
    [`seconds to ${goal}`]: runs.map(seconds),
    "seconds in all": runs.map((run) => rounded(run.seconds, 1)),
  });
}

export function convnetTable(runs: readonly ConvnetRun[]) {
  return dataFrame({
    run: runs.map(({ name }) => name),
    "training accuracy": runs.map(({ trainAccuracy }) => rounded(trainAccuracy)),
    "validation accuracy": runs.map(({ validAccuracy }) => rounded(validAccuracy)),
    "test accuracy": runs.map(({ testAccuracy }) => rounded(testAccuracy)),
    seconds: runs.map(({ seconds }) => rounded(seconds, 1)),
  });
}

export function transferTable(runs: readonly Trained[]) {
  return dataFrame({
    run: runs.map(({ name }) => name),
    "validation accuracy": runs.map(({ validAccuracy }) => rounded(validAccuracy)),
    "test accuracy": runs.map(({ testAccuracy }) => rounded(testAccuracy)),
    seconds: runs.map(({ seconds }) => rounded(seconds, 1)),
  });
}

export function shrinkingTable(rows: readonly Shrunk[]) {
  return dataFrame({
    "training images": rows.map(({ samples }) => samples),
    transfer: rows.map(({ transfer }) => rounded(transfer)),
    "from scratch": rows.map(({ scratch }) => rounded(scratch)),
    gain: rows.map(({ transfer, scratch }) => rounded(transfer - scratch)),
  });
}

/** Validation accuracy by epoch, a line a run. */
export function curves(
  runs: readonly { readonly name: string; readonly history: readonly number[] }[],
  title: string,
): Figure {
  const histories: Record<string, { history: Record<string, number[]> }> = {};
  for (const { name, history } of runs) histories[name] = { history: { val_accuracy: [...history] } };
  return compareRuns(histories, { title }).figure;
}

export function shrinkingFigure(rows: readonly Shrunk[]): Figure {
  const x = rows.map(({ samples }) => samples);
  const series = [
    { name: "head on a frozen base", x, y: rows.map(({ transfer }) => transfer) },
    { name: "convnet from scratch", x, y: rows.map(({ scratch }) => scratch) },
  ];
  const panel = {
    xTitle: "Training images",
    xScale: "log" as const,
    yTitle: "Test accuracy (fraction correct)",
    series,
  };
  return lineFigure({ title: "Fewer and fewer training images", panels: [panel] });
}

/** Accuracy against time, a point an input size. */
export function sizesFigure(runs: readonly Trained[]): Figure {
  const series = runs.map(({ name, testAccuracy, seconds }) => ({ name, x: [seconds], y: [testAccuracy] }));
  const panel = { xTitle: "Training, with the features (s)", yTitle: "Test accuracy (fraction correct)", series };
  return lineFigure({ title: "Input size: accuracy against time", panels: [panel] });
}

/** The figures by which a run is compared with the expected ones. */
export function keyFigures({ dense, convnet, sizes, steps, fineTuned, shrunk }: Answers): Record<string, number> {
  const named = (part: string, runs: readonly { name: string; testAccuracy: number }[]) =>
    runs.map(({ name, testAccuracy }) => [`${part}: ${name}`, rounded(testAccuracy)] as const);
  return Object.fromEntries([
    ...named("dense", dense),
    ...named("convnet", convnet),
    ...named("frozen", sizes),
    ...named("step by step", steps),
    ...named("all images", [fineTuned]),
    ...shrunk.flatMap(({ samples, transfer, scratch }) => [
      [`${samples} images: transfer`, rounded(transfer)] as const,
      [`${samples} images: from scratch`, rounded(scratch)] as const,
    ]),
  ]);
}
