/** Source maps, version 3: reading TypeScript's, writing our own, and joining two steps into one. */
import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";

export interface Segment {
  column: number;
  sourceLine: number;
  sourceColumn: number;
}

/** For each line of the emitted text its segments in the order of columns; lines and columns from 0. */
export type SegmentLines = readonly (readonly Segment[])[];

/** Reads the segments of a map with one source. */
export function decodeMap(json: string): SegmentLines {
  const { mappings } = JSON.parse(json) as { mappings: string };
  return decode(mappings).map((line) =>
    line.flatMap((segment) =>
      segment.length === 1 ? [] : [{ column: segment[0], sourceLine: segment[2], sourceColumn: segment[3] }],
    ),
  );
}

/** Writes a map whose only source is called `source`. */
export function encodeMap(lines: SegmentLines, source: string): string {
  const mappings = lines.map((line) =>
    line.map(({ column, sourceLine, sourceColumn }): SourceMapSegment => [column, 0, sourceLine, sourceColumn]),
  );
  return JSON.stringify({ version: 3, sources: [source], names: [], mappings: encode(mappings) });
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
