/**
 * Progress of anything that lasts longer than a second: a bar on a terminal, a display that is updated in place in a
 * notebook, plain lines in a log. Nothing is shown before the first second has passed.
 */
import { randomBytes } from "node:crypto";
import { notebookHost } from "./notebook-host";

export interface ProgressOptions {
  /** What is being done, in a few words. */
  title: string;
  /** The amount of work in `unit`s; undefined when not known beforehand. */
  total?: number;
  /** Unit of the amounts (default none). */
  unit?: string;
}

export interface Progress {
  /** Sets the amount done so far. */
  update(done: number): void;
  /** Ends the display; `note` replaces the amounts. */
  finish(note?: string): void;
}

/** Where lines go. `replace` is true for a line that takes the place of the last one. */
export interface ProgressSink {
  readonly intervalMs: number;
  write(line: string, final: boolean): void;
}

function terminalSink(): ProgressSink {
  let width = 0;
  return {
    intervalMs: 100,
    write(line, final) {
      process.stderr.write(`\r${line.padEnd(width)}${final ? "\n" : ""}`);
      width = line.length;
    },
  };
}

function logSink(): ProgressSink {
  return { intervalMs: 10_000, write: (line) => void process.stderr.write(`${line}\n`) };
}

/** Marks an output as progress: whether it is there depends on how long the work took, so that it is no result. */
const PROGRESS_METADATA = { dnn_lab: { progress: true } };

function notebookSink(): ProgressSink | undefined {
  const host = notebookHost();
  if (!host) return undefined;
  const displayId = randomBytes(8).toString("hex");
  let update = false;
  return {
    intervalMs: 250,
    write(line) {
      host.display({ "text/plain": line }, { displayId, update, metadata: PROGRESS_METADATA });
      update = true;
    },
  };
}

/** The sink that fits the place where the code runs: notebook, terminal or log. */
function progressSink(): ProgressSink {
  return notebookSink() ?? (process.stderr.isTTY ? terminalSink() : logSink());
}

/** `[━━━━━━━━━━          ]` with `width` places. */
export function bar(fraction: number, width = 20): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return "━".repeat(filled) + " ".repeat(width - filled);
}

function amounts(done: number, { total, unit = "" }: ProgressOptions): string {
  const round = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(1));
  return `${round(done)}${total === undefined ? "" : `/${round(total)}`}${unit && ` ${unit}`}`;
}

/** Starts to report on a piece of work; see {@link Progress}. */
export function startProgress(options: ProgressOptions, sink: ProgressSink = progressSink()): Progress {
  const started = performance.now();
  let last = started + 1000 - sink.intervalMs;
  let shown = false;
  const line = (done: number) =>
    options.total === undefined
      ? `${options.title}: ${amounts(done, options)}`
      : `${options.title} ${bar(done / options.total)} ${amounts(done, options)}`;
  return {
    update(done) {
      const now = performance.now();
      if (now - last < sink.intervalMs) return;
      last = now;
      shown = true;
      sink.write(line(done), false);
    },
    finish(note) {
      const seconds = (performance.now() - started) / 1000;
      if (shown) sink.write(`${options.title}: ${note ?? `done in ${seconds.toFixed(1)} s`}`, true);
    },
  };
}
