/** Regions of cells that only the teacher sees: `// BEGIN SOLUTION` … `// END SOLUTION`, and the same for `HIDDEN TESTS`. */
import { AuthoringError } from "./grader-cell";

export type RegionName = "SOLUTION" | "HIDDEN TESTS";

/** `// BEGIN SOLUTION`, nbgrader's `### BEGIN SOLUTION`, and in Markdown `<!-- BEGIN SOLUTION -->`. */
function marker(line: string, edge: "BEGIN" | "END", name: RegionName): boolean {
  const text = line
    .trim()
    .replace(/^(\/\/+|#+|<!--)\s*/, "")
    .replace(/\s*-->$/, "");
  return text !== line.trim() && text === `${edge} ${name}`;
}

/** As a marker is meant, letters alone. */
const meant = [
  "beginsolution",
  "endsolution",
  "beginhiddentests",
  "endhiddentests",
  "beginmarkscheme",
  "endmarkscheme",
];

/** How many letters must be changed, put in or left out to turn one word into the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** So many letters may be wrong, and a line is still read as a marker that was meant. */
const SLIPS = 2;

/**
 * The first line that looks like a marker but is not one: students would see what it should hide.
 * `BEGIN HIDDEN TEST`, `begin solution`, `BEGIN SOLUTION:`, a marker behind code or without a comment's sign.
 */
export function misspeltMarker(source: string): string | undefined {
  const exact = (line: string): boolean =>
    (["SOLUTION", "HIDDEN TESTS"] as const).some((name) => marker(line, "BEGIN", name) || marker(line, "END", name));
  return source.split("\n").find((line) => {
    if (exact(line)) return false;
    // A whole line, or a comment behind code.
    const parts = [line, ...line.split(/\/\/|\/\*|#|<!--/).slice(1)];
    const words = parts.map((part) => part.toLowerCase().replace(/[^a-z]/g, ""));
    return words.some((word) =>
      meant.some((right) => Math.abs(word.length - right.length) <= SLIPS && distance(word, right) <= SLIPS),
    );
  });
}

/** Whether a source has such a region. */
export function hasRegion(source: string, name: RegionName): boolean {
  return source.split("\n").some((line) => marker(line, "BEGIN", name) || marker(line, "END", name));
}

/**
 * The source with each region replaced by `stub(body)`, indented as the region is.
 * @throws AuthoringError for a region within a region, without its end or without its beginning.
 */
export function replaceRegions(
  source: string,
  name: RegionName,
  stub: (body: readonly string[]) => readonly string[],
): string {
  const kept: string[] = [];
  let body: string[] | undefined;
  let indent = "";
  for (const line of source.split("\n")) {
    if (marker(line, "BEGIN", name)) {
      if (body !== undefined) throw new AuthoringError(`BEGIN ${name} within a region that has not ended`);
      body = [];
      indent = /^\s*/.exec(line)![0];
    } else if (marker(line, "END", name)) {
      if (body === undefined) throw new AuthoringError(`END ${name} without its BEGIN`);
      kept.push(...stub(body).map((each) => `${indent}${each}`));
      body = undefined;
    } else (body ?? kept).push(line);
  }
  if (body !== undefined) throw new AuthoringError(`BEGIN ${name} without its END`);
  return kept.join("\n");
}

/** The source without the regions' contents. */
export function withoutRegions(source: string, name: RegionName): string {
  return replaceRegions(source, name, () => []).replace(/\n{3,}/g, "\n\n");
}

/** The source without the regions' marker lines. */
export function withoutMarkers(source: string, name: RegionName): string {
  return source
    .split("\n")
    .filter((line) => !marker(line, "BEGIN", name) && !marker(line, "END", name))
    .join("\n");
}

/** The source with the statement `hidden(true);` in place of a region's beginning, and `hidden(false);` in place of its end. */
export function withHiddenCalls(source: string): string {
  return source
    .split("\n")
    .map((line) => {
      if (marker(line, "BEGIN", "HIDDEN TESTS")) return "hidden(true);";
      return marker(line, "END", "HIDDEN TESTS") ? "hidden(false);" : line;
    })
    .join("\n");
}
