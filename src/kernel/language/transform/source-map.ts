/** Source maps, version 3: reading TypeScript's, writing our own, and joining two steps into one. */

export interface Segment {
  column: number;
  sourceLine: number;
  sourceColumn: number;
}

/** For each line of the emitted text its segments in the order of columns; lines and columns from 0. */
export type SegmentLines = readonly (readonly Segment[])[];

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function encodeNumber(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += DIGITS[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return text;
}

function decodeNumbers(text: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const digit = DIGITS.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

/** Reads the segments of a map with one source. */
export function decodeMap(json: string): SegmentLines {
  const { mappings } = JSON.parse(json) as { mappings: string };
  let sourceLine = 0;
  let sourceColumn = 0;
  return mappings.split(";").map((line) => {
    let column = 0;
    const segments: Segment[] = [];
    for (const part of line.split(",").filter(Boolean)) {
      const [columnStep, source, lineStep, columnOfSource] = decodeNumbers(part);
      column += columnStep;
      if (source === undefined) continue;
      sourceLine += lineStep;
      sourceColumn += columnOfSource;
      segments.push({ column, sourceLine, sourceColumn });
    }
    return segments;
  });
}

/** Writes a map whose only source is called `source`. */
export function encodeMap(lines: SegmentLines, source: string): string {
  let sourceLine = 0;
  let sourceColumn = 0;
  const encodeLine = (segments: readonly Segment[]): string => {
    let column = 0;
    return segments
      .map((segment) => {
        const steps = [
          segment.column - column,
          0,
          segment.sourceLine - sourceLine,
          segment.sourceColumn - sourceColumn,
        ];
        ({ column, sourceLine, sourceColumn } = segment);
        return steps.map(encodeNumber).join("");
      })
      .join(",");
  };
  return JSON.stringify({ version: 3, sources: [source], names: [], mappings: lines.map(encodeLine).join(";") });
}

/** The last segment at or before a column. */
function segmentAt(segments: readonly Segment[], column: number): Segment | undefined {
  return segments.findLast((segment) => segment.column <= column);
}

/** Joins `first` (cell to middle text) and `second` (middle text to final text) into one map from cell to final text. */
export function composeMaps(
  first: SegmentLines | undefined,
  second: SegmentLines | undefined,
): SegmentLines | undefined {
  if (!first || !second) return first ?? second;
  return second.map((segments) => {
    const joined: Segment[] = [];
    segments.forEach((segment, index) => {
      const endColumn = segments[index + 1]?.column ?? Infinity;
      const middle = first[segment.sourceLine] ?? [];
      const length = endColumn - segment.column;
      const origin = segmentAt(middle, segment.sourceColumn);
      if (origin) joined.push({ ...origin, column: segment.column });
      for (const inner of middle) {
        const offset = inner.column - segment.sourceColumn;
        if (offset > 0 && offset < length) joined.push({ ...inner, column: segment.column + offset });
      }
    });
    return joined;
  });
}
