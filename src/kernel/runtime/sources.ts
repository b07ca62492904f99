import { SourceMap, type SourceMapPayload } from "node:module";
import type { Program } from "../protocol/bridge";

/** A place in a source text; line and column count from 0. */
export interface Location {
  readonly line: number;
  readonly column: number;
}

interface Entry {
  readonly source: string;
  readonly map?: SourceMap;
}

const MOST_SOURCES = 5_000;

/** Source texts of cells and of local files, for code frames in errors. */
export class Sources {
  private readonly entries = new Map<string, Entry>();

  /** Remembers a text under the name it has in stack traces. */
  add({ name, source, sourceMap }: Pick<Program, "name" | "source" | "sourceMap">): void {
    const map = sourceMap === undefined ? undefined : new SourceMap(JSON.parse(sourceMap) as SourceMapPayload);
    this.entries.delete(name);
    this.entries.set(name, map === undefined ? { source } : { source, map });
    if (this.entries.size > MOST_SOURCES) this.entries.delete(this.entries.keys().next().value as string);
  }

  /** The text of a cell or local file. */
  text(name: string): string | undefined {
    return this.entries.get(name)?.source;
  }

  /** Where a place of the emitted code is in the source. */
  original(name: string, place: Location): Location {
    const found = this.entries.get(name)?.map?.findEntry(place.line, place.column);
    if (found === undefined || !("originalLine" in found)) return place;
    return { line: found.originalLine, column: found.originalColumn };
  }
}
