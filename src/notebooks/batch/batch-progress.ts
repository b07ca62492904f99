/** Shows a batch: on a terminal the running cells in one rewritten line, in a log a line for each notebook and long cell. */
import type { NotebookEvent } from "../run/events";
import type { ProgressStream } from "../run/progress-display";
import { resultText } from "../report/run-summary";
import type { NotebookResult } from "../results/results";

const LOG_INTERVAL_MS = 10_000;

interface Running {
  cells: number;
  text: string;
}

export interface BatchProgress {
  onEvent(notebook: string, event: NotebookEvent): void;
  onResult(result: NotebookResult): void;
}

/** @param total notebooks of the batch. @param now is for tests */
export function batchProgress(
  total: number,
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now(),
): BatchProgress {
  const running = new Map<string, Running>();
  let done = 0;
  let last = now();
  const clear = stream.isTTY ? "\r\x1b[2K" : "";
  const log = (text: string): void => {
    last = now();
    stream.write(`${clear}${text}\n`);
  };
  const show = (): void => {
    const line = `[${done}/${total}] ${[...running].map(([name, { text }]) => `${name} ${text}`).join(" · ")}`;
    if (stream.isTTY)
      stream.write(
        clear + (line.length >= (stream.columns ?? 100) ? `${line.slice(0, (stream.columns ?? 100) - 2)}…` : line),
      );
    else if (now() - last >= LOG_INTERVAL_MS) log(line);
  };
  return {
    onEvent(notebook, event) {
      const state = running.get(notebook) ?? { cells: 0, text: "" };
      running.set(notebook, state);
      if (event.event === "start") state.cells = event.cells;
      if (event.event === "cell") state.text = `cell ${event.cell}/${state.cells} ${event.line.slice(0, 40)}`;
      if (event.event === "live") state.text = `cell ${event.cell}/${state.cells} ${event.text.slice(0, 60)}`;
      show();
    },
    onResult(result) {
      done++;
      running.delete(result.notebook);
      log(uncoloured(resultText(result), stream.isTTY));
      if (running.size > 0) show();
    },
  };
}

/** A log keeps no colours. */
function uncoloured(text: string, colours = false): string {
  // eslint-disable-next-line no-control-regex
  return colours ? text : text.replace(/\x1b\[[0-9;]*m/g, "");
}
