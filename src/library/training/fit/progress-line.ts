/**
 * The progress of `fit` and `evaluate` as Keras writes it:
 * `1875/2625 ━━━━━━━━━━━━━━━━━━━━ 3s 1ms/step - accuracy: 0.8213 - loss: 0.5021`.
 *
 * In a notebook all epochs share one display that is updated in place; on a terminal the line is rewritten; in a log
 * each epoch ends with one line.
 */
import { notebookHost } from "dnn-lab-core/notebook-host";
import { bar } from "dnn-lab-core/progress";
import type { Logs } from "dnn-lab-core/types";
import { randomBytes, writeSync, process } from "../../platform";

/** Where the lines appear. `live` is the line of the running epoch; `settled` lines stay. */
export interface LineSink {
  readonly intervalMs: number;
  live(line: string): void;
  settled(line: string): void;
}

function terminalSink(): LineSink {
  let width = 0;
  const rewrite = (line: string, end: string) => {
    process.stdout.write(`\r${line.padEnd(width)}${end}`);
    width = end ? 0 : line.length;
  };
  return { intervalMs: 100, live: (line) => rewrite(line, ""), settled: (line) => rewrite(line, "\n") };
}

function logSink(write: (line: string) => void): LineSink {
  return { intervalMs: 10_000, live: write, settled: write };
}

/** Also for a program that executes the notebook unattended and reads the updates. */
function notebookSink(): LineSink | undefined {
  const host = notebookHost();
  if (!host) return undefined;
  const displayId = randomBytes(8).toString("hex");
  const lines: string[] = [];
  let update = false;
  const show = (text: string) => {
    host.display({ "text/plain": text }, { displayId, update });
    update = true;
  };
  return {
    intervalMs: 400,
    live: (line) => show([...lines, line].join("\n")),
    settled: (line) => show((lines.push(line), lines.join("\n"))),
  };
}

/** A line straight to the log of the process, past whatever a kernel does with stderr. */
function toLog(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // A closed or full log must not end a training run.
  }
}

/** Sends everything to two sinks, each at its own pace. */
function both(first: LineSink, second: LineSink): LineSink {
  let last = 0;
  return {
    intervalMs: first.intervalMs,
    live(line) {
      first.live(line);
      if (performance.now() - last < second.intervalMs) return;
      last = performance.now();
      second.live(line);
    },
    settled(line) {
      first.settled(line);
      second.settled(line);
    },
  };
}

const SILENT: LineSink = { intervalMs: Infinity, live: () => undefined, settled: () => undefined };

/** `verbose` as in Keras: 0 nothing, 1 a live line, 2 one line an epoch; with `DNN_LAB_PROGRESS=log` lines go to stderr too. */
export function lineSink(verbose: 0 | 1 | 2): LineSink {
  if (verbose === 0) return SILENT;
  const plain = logSink((line) => void process.stdout.write(`${line}\n`));
  const screen = notebookSink() ?? (process.stdout.isTTY ? terminalSink() : plain);
  const chosen = verbose === 2 ? { ...screen, intervalMs: Infinity } : screen;
  return process.env.DNN_LAB_PROGRESS === "log" ? both(chosen, logSink(toLog)) : chosen;
}

/** 12 → `12s`, 75 → `1:15`. */
function clock(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)}s`;
  return `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`;
}

/** 3.2 ms → `3ms`, 0.14 ms → `140us`. */
function perStep(seconds: number, steps: number): string {
  const ms = (1000 * seconds) / Math.max(1, steps);
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)}s/step`;
  return ms >= 1 ? `${Math.round(ms)}ms/step` : `${Math.round(ms * 1000)}us/step`;
}

function metricsText(logs: Logs): string {
  const small = (value: number) => (value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(4) : value.toFixed(4));
  return Object.entries(logs)
    .map(([name, value]) => ` - ${name}: ${small(value)}`)
    .join("");
}

/** One epoch's (or evaluation's) line. */
export class ProgressLine {
  private readonly started = performance.now();
  private last = performance.now();
  private stepSeconds = 0;
  /** Steps so far, where nobody knows how many there are. */
  private done = 0;

  constructor(
    private readonly sink: LineSink,
    private readonly steps: number,
    private readonly title = "",
  ) {}

  /** Whether the line should be brought up to date now; asking is cheap, reading the metrics is not. */
  due(): boolean {
    return performance.now() - this.last >= this.sink.intervalMs;
  }

  update(step: number, logs: Logs): void {
    this.last = performance.now();
    this.done = step;
    this.sink.live(this.text(step, logs, (this.last - this.started) / 1000));
  }

  /** Notes the time of the training steps alone, before validation begins. */
  stepsDone(): void {
    this.stepSeconds = (performance.now() - this.started) / 1000;
  }

  finish(logs: Logs): void {
    if (!this.stepSeconds) this.stepsDone();
    const steps = Number.isFinite(this.steps) ? this.steps : this.done;
    this.sink.settled(this.text(steps, logs, this.stepSeconds));
  }

  private text(step: number, logs: Logs, seconds: number): string {
    const isKnown = Number.isFinite(this.steps);
    const of = isKnown ? String(this.steps) : "Unknown";
    const count = `${String(step).padStart(isKnown ? of.length : 0)}/${of}`;
    const line = `${count} ${isKnown ? `${bar(step / this.steps)} ` : ""}${clock(seconds)} ${perStep(seconds, step)}${metricsText(logs)}`;
    return this.title ? `${this.title}  ${line}` : line;
  }
}
