/** The verdicts in a terminal or a log. */
import type { NotebookResult, NotebookStatus } from "../results/results";

const marks: Readonly<Record<NotebookStatus, string>> = {
  ...{ passed: "✓", executed: "✓", failed: "✗", changed: "≠", unchecked: "?", interrupted: "…", skipped: "-" },
};
const words: Readonly<Record<NotebookStatus, string>> = {
  ...{ passed: "as in the reference", executed: "executed", failed: "failed", changed: "not as in the reference" },
  ...{ unchecked: "not checked", interrupted: "interrupted", skipped: "skipped" },
};
const MOST_PROBLEMS = 20;

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** One line: mark, name, verdict, what was looked at. */
export function resultLine(result: NotebookResult): string {
  const { notebook, status, cells, cached, seconds, reference, flakes = [], skipped } = result;
  if (skipped !== undefined) return `${marks.skipped} ${notebook}: skipped (${skipped})`;
  const flaky = flakes.length ? ` flaky: before, ${flakes[0].kind}: ${flakes[0].message.split("\n")[0]}` : "";
  const ran = cells.filter(({ status }) => !["not run", "skipped"].includes(status)).length;
  const numbers = cells.reduce((sum, cell) => sum + cell.numbers, 0);
  const looked = [plural(ran, "cell"), ...(numbers ? [plural(numbers, "number")] : [])].join(", ");
  const time = cached ? "from the cache" : `${seconds.toFixed(1)} s`;
  const against = reference && status !== "failed" ? ` [${reference.words}]` : "";
  return `${marks[status]} ${notebook}: ${words[status]} (${looked}, ${time})${against}${flaky}`;
}

/** A result with what is wrong, indented; `details` adds tracebacks. */
export function resultText(result: NotebookResult, details = true): string {
  const { problems, cells } = result;
  const shown = problems.slice(0, MOST_PROBLEMS).flatMap(({ kind, cell, message, details: more }) => {
    const known = cells.find((each) => each.cell === cell);
    const where =
      cell === undefined
        ? ""
        : `cell ${cell}${known?.section ? ` (${known.section})` : ""}, line ${known?.line ?? "?"}: `;
    const trace =
      details && more
        ? more
            .split("\n")
            .slice(0, 25)
            .map((line) => `        ${line}`)
        : [];
    return [`    ${where}${kind}: ${message.split("\n").join("\n        ")}`, ...trace];
  });
  const more =
    problems.length > MOST_PROBLEMS ? [`    … and ${problems.length - MOST_PROBLEMS} more (--html, --json)`] : [];
  return [resultLine(result), ...shown, ...more].join("\n");
}

/** The closing line of a batch. */
export function summaryText(results: readonly NotebookResult[], seconds: number): string {
  const counts = (Object.keys(words) as NotebookStatus[]).flatMap((status) => {
    const count = results.filter((result) => result.status === status).length;
    return count ? [`${count} ${words[status]}`] : [];
  });
  const executing = results.reduce((sum, result) => sum + (result.cached ? 0 : result.seconds), 0);
  const comparing = results.reduce((sum, result) => sum + result.compareSeconds, 0);
  const share = executing > 0 ? `, comparing took ${((100 * comparing) / executing).toFixed(1)} % of executing` : "";
  return `${plural(results.length, "notebook")}: ${counts.join(", ") || "none found"}; ${seconds.toFixed(1)} s${share}`;
}
