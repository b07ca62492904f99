/** Replacing parts of a text, and knowing afterwards where each remaining part came from. */
import { type Segment, type SegmentLines } from "./source-map";

export interface Edit {
  start: number;
  end: number;
  text: string;
  /** Where `text` stood in the old text when it was moved rather than written anew. */
  movedFrom?: number;
  /** Where what `text`, as a whole, stands for was in the old text: errors in it are placed there. */
  standsFor?: number;
}

/** Text in which everything but line ends became a space, so that positions after it stay what they were. */
export function blanked(text: string): string {
  return text.replace(/[^\r\n\u2028\u2029]/g, " ");
}

/** The same text with a range blanked. */
export function blank(start: number, end: number, source: string): Edit {
  return { start, end, text: blanked(source.slice(start, end)) };
}

/** Offsets at which lines begin, by the line ends that V8 counts. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** The line and column of an offset, both from 0. */
export function positionAt(starts: readonly number[], offset: number): { line: number; column: number } {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, column: offset - starts[low] };
}

/** A stretch of new text that stood at `from` in the old one. */
interface Stretch {
  at: number;
  from: number;
  length: number;
  /** Other text than the old one: only its beginning has a place there. */
  isOther?: boolean;
}

export interface Edited {
  code: string;
  /** For each line of `code`, where its stretches came from; absent when nothing that matters changed its place. */
  moved?: SegmentLines;
}

/** Applies edits that do not overlap; insertions come before a replacement at the same place, else in the order given. */
export function applyEdits(text: string, edits: readonly Edit[]): Edited {
  const isReplacement = ({ start, end }: Edit): number => (end > start ? 1 : 0);
  const sorted = [...edits].sort((a, b) => a.start - b.start || isReplacement(a) - isReplacement(b));
  const stretches: Stretch[] = [];
  let code = "";
  let cursor = 0;
  const keep = (end: number): void => {
    if (end > cursor) stretches.push({ at: code.length, from: cursor, length: end - cursor });
    code += text.slice(cursor, end);
  };
  for (const edit of sorted) {
    keep(edit.start);
    if (edit.movedFrom !== undefined)
      stretches.push({ at: code.length, from: edit.movedFrom, length: edit.text.length });
    if (edit.standsFor !== undefined)
      stretches.push({ at: code.length, from: edit.standsFor, length: edit.text.length, isOther: true });
    code += edit.text;
    cursor = edit.end;
  }
  keep(text.length);
  return anyMoved(text, code, stretches) ? { code, moved: segmentsOf(text, code, stretches) } : { code };
}

/** Whether a stretch that holds more than space and brackets is at another line or column than before. */
function anyMoved(text: string, code: string, stretches: readonly Stretch[]): boolean {
  const before = lineStarts(text);
  const after = lineStarts(code);
  return stretches.some(({ at, from, length, isOther }) => {
    // V8 places an error anywhere in it, the map at its beginning.
    if (isOther) return true;
    const old = positionAt(before, from);
    const now = positionAt(after, at);
    if (old.line === now.line && old.column === now.column) return false;
    const words = code.slice(at, at + length);
    return old.line !== now.line ? /\S/.test(words) : /[\w$]/.test(words.split(/[\r\n]/, 1)[0]);
  });
}

/** A segment for each word and sign, since readers of maps do not count on from the one before. */
function segmentsOf(text: string, code: string, stretches: readonly Stretch[]): SegmentLines {
  const before = lineStarts(text);
  const after = lineStarts(code);
  const lines: Segment[][] = after.map(() => []);
  for (const { at, from, length, isOther } of stretches) {
    const words = code.slice(at, at + length).matchAll(/[\p{L}\p{N}_$]+|[^\s]/gu);
    for (const { index } of isOther ? [{ index: 0 }] : words) {
      const now = positionAt(after, at + index);
      const source = positionAt(before, from + index);
      lines[now.line].push({ column: now.column, sourceLine: source.line, sourceColumn: source.column });
    }
  }
  return lines;
}
