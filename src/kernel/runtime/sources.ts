import { readFileSync, statSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { isAbsolute } from "node:path";
import { JSON, Map } from "../intrinsics";
import type { Program } from "../protocol/bridge";
import type { Place } from "./place";
import { packageSource } from "./stack/package-maps";

interface Entry {
  readonly source: string;
  readonly map?: SourceMap;
}

const MOST_SOURCES = 5_000;
const MOST_FILE_BYTES = 1_000_000;

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

  /** The text of a cell or local file; undefined for packages, and for files that are not there. */
  text(name: string): string | undefined {
    return this.entries.get(name)?.source ?? localText(name);
  }

  /** Where a place of the running code is in its source: of a cell, a local file, or a package with a source map. */
  original({ name, line, column }: Place): Place {
    const entry = this.entries.get(name);
    if (entry === undefined) return packageSource({ name, line, column });
    const found = entry.map?.findEntry(line, column);
    if (found === undefined || !("originalLine" in found)) return { name, line, column };
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
