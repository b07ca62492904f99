import { Set } from "../../intrinsics";
import { frameText, type Frame } from "./frames";

const MOST_LINES = 20;
/** A longer row of frames of packages is shortened to its first two and its last one. */
const LONGEST_ROW = 4;
/** This many equal frames and more are counted instead of shown. */
const EQUAL = 3;

/** The lines of a traceback: frames of packages folded to a few, a recursion to one. */
export function foldedLines(frames: readonly Frame[]): string[] {
  const lines = countEqual(rowsOf(frames).flatMap(foldRow));
  if (lines.length <= MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES - 1), `… ${lines.length - MOST_LINES + 1} more`];
}

/** The lines of all frames. */
export function allLines(frames: readonly Frame[]): string[] {
  return frames.map((frame) => `at ${frameText(frame)}`);
}

/** Frames of the notebook each for itself, others in rows. */
function rowsOf(frames: readonly Frame[]): Frame[][] {
  const rows: Frame[][] = [];
  let before: Frame | undefined;
  for (const frame of frames) {
    if (before === undefined || frame.owner === "user" || before.owner === "user") rows.push([frame]);
    else rows.at(-1)?.push(frame);
    before = frame;
  }
  return rows;
}

function foldRow(row: readonly Frame[]): string[] {
  if (row.length <= LONGEST_ROW) return allLines(row);
  const hidden = row.slice(2, -1);
  const names = [...new Set(hidden.map(packageOf).filter((name) => name !== undefined))];
  const where = names.length === 0 ? "" : ` in ${names.join(", ")}`;
  const note = `… ${hidden.length} more frames${where} (%traceback full shows them)`;
  return [...allLines(row.slice(0, 2)), note, ...allLines(row.slice(-1))];
}

function packageOf({ place }: Frame): string | undefined {
  return /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(place?.name ?? "")?.[1];
}

function countEqual(lines: readonly string[]): string[] {
  const counted: string[] = [];
  for (let at = 0, end: number; at < lines.length; at = end) {
    end = at + 1;
    while (end < lines.length && lines[end] === lines[at]) end += 1;
    const times = end - at;
    if (times < EQUAL) counted.push(...lines.slice(at, end));
    else counted.push(lines[at] as string, `… the same ${times - 1} more times`);
  }
  return counted;
}
