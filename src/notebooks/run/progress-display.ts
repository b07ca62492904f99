/** Shows a notebook run: one rewritten line on a terminal, plain lines in a log. */
import type { NotebookEvent } from "./events";

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const LOG_INTERVAL_MS = 10_000;
/** Cells that take less are not worth a line in a log. */
const LOG_CELL_SECONDS = 2;

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** Returns a listener for `executeNotebook`'s events. `now` is for tests. */
export function notebookProgress(
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now(),
): (event: NotebookEvent) => void {
  let cells = 0;
  let section: string | null = null;
  let lastLogged = now();
  const place = (cell: number): string => `cell ${cell}/${cells}`;
  const rewrite = (text: string): void => void stream.write(`\r\x1b[2K${cut(text, (stream.columns ?? 100) - 1)}`);
  const log = (text: string): void => {
    lastLogged = now();
    stream.write(`${stream.isTTY ? "\r\x1b[2K" : ""}${text}\n`);
  };

  return (event) => {
    if (event.event === "start") {
      cells = event.cells;
      log(`Executing ${cells} code cells with the kernel '${event.kernel}'.`);
    } else if (event.event === "cell") {
      if (event.section && event.section !== section) log(`${place(event.cell)}: ${event.section}`);
      section = event.section;
      if (stream.isTTY) rewrite(`${place(event.cell)}  ${event.line}`);
    } else if (event.event === "live") {
      if (stream.isTTY) rewrite(`${place(event.cell)}  ${event.text}`);
      else if (now() - lastLogged >= LOG_INTERVAL_MS) log(`${place(event.cell)}  ${event.text}`);
    } else if (event.event === "done") {
      if (event.seconds >= LOG_CELL_SECONDS) log(`${place(event.cell)} done in ${event.seconds.toFixed(1)} s`);
    } else if (event.event === "end") {
      log(`All ${cells} cells executed in ${event.seconds.toFixed(1)} s.`);
    } else if (stream.isTTY) {
      stream.write("\r\x1b[2K");
    }
  };
}
