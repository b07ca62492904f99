import { decodeMap, type SegmentLines } from "../../language/transform/source-map";

/** A place in a source; line and column count from 0. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

/** A place at which V8 can stop, in the code that runs and in its source. */
export interface StopPlace {
  readonly source: SourcePlace;
  readonly code: SourcePlace;
}

/** Translates places of the code that runs into those of its source. */
export class ScriptPlaces {
  private readonly segments: SegmentLines | undefined;

  /**
   * @param map a source map as JSON; undefined when places are the same
   * @param shift by how many columns the code's first line begins late
   * @param lineCount lines of the source; what lies behind them was added
   */
  constructor(
    map: string | undefined,
    private readonly shift: number,
    private readonly lineCount = Infinity,
  ) {
    this.segments = map === undefined ? undefined : decodeMap(map);
  }

  /** Where a place of the code is in the source; undefined for code that was added. */
  toSource({ line, column }: SourcePlace): SourcePlace | undefined {
    const own = line === 0 ? column - this.shift : column;
    if (own < 0) return undefined;
    if (this.segments === undefined) return line < this.lineCount ? { line, column: own } : undefined;
    const segment = this.segments[line]?.findLast((one) => one.column <= own);
    return segment && { line: segment.sourceLine, column: segment.sourceColumn };
  }

  /** Where the source line of a stop begins in its line of the code. */
  beginOf({ source, code: { line } }: StopPlace): SourcePlace {
    const own =
      this.segments === undefined ? 0 : this.segments[line]?.find((one) => one.sourceLine === source.line)?.column;
    return { line, column: (own ?? 0) + (line === 0 ? this.shift : 0) };
  }

  /** The places at which V8 can stop, in the order of the source. */
  stops(code: readonly SourcePlace[]): StopPlace[] {
    const found = code.flatMap((place) => {
      const source = this.toSource(place);
      return source === undefined ? [] : [{ source, code: place }];
    });
    return found.sort((a, b) => a.source.line - b.source.line || a.source.column - b.source.column);
  }
}

/** Where a breakpoint for a line (and column) goes: to the first place at or behind it. */
export function stopFor(stops: readonly StopPlace[], line: number, column = 0): StopPlace | undefined {
  return stops.find(({ source }) => source.line > line || (source.line === line && source.column >= column));
}
