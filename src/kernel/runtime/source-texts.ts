import { readFileSync, statSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { isAbsolute } from "node:path";
import { JSON, Map, Math } from "../intrinsics";
import { PROLOGUE } from "../language/language-api";
import type { Program } from "../protocol/bridge";
import type { Place } from "./place";
import { packageSource } from "./stack/package-maps";

interface Entry {
  readonly source: string;
  /** How many columns the first line of the code begins later than it should. */
  readonly shift: number;
  readonly map?: SourceMap;
}

const MOST_SOURCES = 5_000;
const MOST_FILE_BYTES = 1_000_000;

/** Source texts of cells and of local files, for code frames in errors. */
export class SourceTexts {
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

  /** The text of a cell or local file; undefined for packages, and for files that are not there. */
  text(name: string): string | undefined {
    return this.entries.get(name)?.source ?? localText(name);
  }

  /** Where a place of the running code is in its source: of a cell, a local file, or a package with a source map. */
  original({ name, line, column }: Place): Place {
    const entry = this.entries.get(name);
    if (entry === undefined) return packageSource({ name, line, column });
    const own = line === 0 ? Math.max(0, column - entry.shift) : column;
    const found = entry.map?.findEntry(line, own);
    if (found === undefined || !("originalLine" in found)) return { name, line, column: own };
    return { name, line: found.originalLine, column: found.originalColumn };
  }
}

/** JavaScript beside the notebook runs as it stands: its file is its source. */
function localText(name: string): string | undefined {
  if (!isAbsolute(name) || /[\\/]node_modules[\\/]/.test(name)) return undefined;
  try {
    return statSync(name).size <= MOST_FILE_BYTES ? readFileSync(name, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
