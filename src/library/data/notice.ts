/** Plain notices to the user, each shown once in a process. */
import { process } from "../platform";
import { notebookHost } from "dnn-lab-core/notebook-host";

const shown = new Set<string>();

/** Writes a line to the error stream (a notebook shows it under the cell), unless it was written before: what the user must know. */
export function notifyOnce(line: string): void {
  writeOnce(process.stderr, line);
}

/** The same for what is done anyway, and is well: a notebook, which paints the error stream red, gets it on standard output. */
export function informOnce(line: string): void {
  writeOnce(notebookHost() ? process.stdout : process.stderr, line);
}

function writeOnce(stream: NodeJS.WriteStream, line: string): void {
  if (shown.has(line)) return;
  shown.add(line);
  stream.write(`${line}\n`);
}
