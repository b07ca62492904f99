/** Plain notices to the user, each shown once in a process. */

const shown = new Set<string>();

/** Writes a line to the error stream (a notebook shows it under the cell), unless it was written before. */
export function notifyOnce(line: string): void {
  if (shown.has(line)) return;
  shown.add(line);
  process.stderr.write(`${line}\n`);
}
