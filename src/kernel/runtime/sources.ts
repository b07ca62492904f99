import { SourceMap, type SourceMapPayload } from "node:module";
import { PROLOGUE } from "../language/api";
import type { Program } from "../protocol/bridge";

/** A place in a source text; line and column count from 0. */
export interface Location {
  readonly line: number;
  readonly column: number;
}

interface Entry {
  readonly source: string;
  /** How many columns the first line of the code begins later than it should. */
  readonly shift: number;
  readonly map?: SourceMap;
}

const MOST_SOURCES = 5_000;

/** Source texts of cells and of local files, for code frames in errors. */
export class Sources {
  private readonly entries = new Map<string, Entry>();

  /** Remembers a cell under the name it has in stack traces. */
  add(cell: Pick<Program, "name" | "source" | "sourceMap">): void {
    this.remember(cell, PROLOGUE.length);
  }

  /** Remembers a local file by its path; its code begins `shift` columns late. */
  addFile(file: Pick<Program, "name" | "source" | "sourceMap">, shift: number): void {
    this.remember(file, shift);
  }

  private remember({ name, source, sourceMap }: Pick<Program, "name" | "source" | "sourceMap">, shift: number): void {
    const map = sourceMap === undefined ? undefined : new SourceMap(JSON.parse(sourceMap) as SourceMapPayload);
    this.entries.delete(name);
    this.entries.set(name, map === undefined ? { source, shift } : { source, shift, map });
    if (this.entries.size > MOST_SOURCES) this.entries.delete(this.entries.keys().next().value as string);
  }

  /** The text of a cell or local file. */
  text(name: string): string | undefined {
    return this.entries.get(name)?.source;
  }

  /** Where a place of the emitted code is in the source. */
  original(name: string, place: Location): Location {
    const entry = this.entries.get(name);
    if (entry === undefined) return place;
    const column = place.line === 0 ? Math.max(0, place.column - entry.shift) : place.column;
    const found = entry.map?.findEntry(place.line, column);
    if (found === undefined || !("originalLine" in found)) return { line: place.line, column };
    return { line: found.originalLine, column: found.originalColumn };
  }
}
