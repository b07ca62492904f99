/** A notebook that did not run to its end: the kind of failure, the cell, and what is known of the cause. */
import type { ErrorEvent, FailureKind } from "./events";

function indented(title: string, text: string | undefined, lines: number): string[] {
  if (!text?.trim()) return [];
  const all = text.trimEnd().split("\n");
  const shown = all.length > lines ? [...all.slice(0, lines), `… (${all.length - lines} more lines)`] : all;
  return [`${title}:`, ...shown.map((line) => `    ${line}`)];
}

/** Thrown by `executeNotebook`. */
export class NotebookError extends Error {
  override readonly name = "NotebookError";
  readonly kind: FailureKind;
  /** Number of the cell among the code cells, from 1; undefined when none was running. */
  readonly cell: number | undefined;

  constructor(
    readonly notebook: string,
    readonly details: ErrorEvent,
  ) {
    const where = details.cell === undefined ? "" : `, code cell ${details.cell}`;
    super(
      [
        `${notebook}${where}: ${details.message}`,
        ...indented("The cell", details.source, 12),
        ...indented("It wrote", details.traceback ?? details.stderr, 30),
        ...indented("The kernel's process wrote last", details.kernel_log, 20),
      ].join("\n"),
    );
    this.kind = details.kind;
    this.cell = details.cell;
  }
}
