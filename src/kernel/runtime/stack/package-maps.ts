import { readFileSync, statSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { dirname, isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Buffer, JSON, Map, decodeURIComponent } from "../../intrinsics";
import type { Place } from "../place";

/** Reading and parsing a larger map would be felt. */
const MOST_BYTES = 16_000_000;
const MOST_MAPS = 200;
const COMMENT = /\/\/[#@] sourceMappingURL=(\S+)\s*$/;

interface Found {
  readonly map: SourceMap;
  /** The folder from which the map's sources count. */
  readonly folder: string;
}

const maps = new Map<string, Found | null>();

/** Where a place of a package's code is in its source, when the package brings a source map; otherwise the same place. */
export function packageSource(place: Place): Place {
  const found = mapOf(place.name);
  const entry = found?.map.findEntry(place.line, place.column);
  if (!found || entry === undefined || !("originalSource" in entry) || !entry.originalSource) return place;
  const { originalSource: source, originalLine: line, originalColumn: column } = entry;
  const name = /^[a-z]+:/i.test(source) ? source : resolve(found.folder, source);
  return { name, line, column };
}

function mapOf(file: string): Found | null {
  if (!isAbsolute(file)) return null;
  let found = maps.get(file);
  if (found === undefined) {
    if (maps.size >= MOST_MAPS) maps.clear();
    maps.set(file, (found = readMap(file)));
  }
  return found;
}

function readMap(file: string): Found | null {
  try {
    const url = COMMENT.exec(readSmall(file))?.[1];
    if (url === undefined) return null;
    const mapFile = url.startsWith("data:") ? file : mapPath(file, url);
    const payload = JSON.parse(url.startsWith("data:") ? dataText(url) : readSmall(mapFile)) as SourceMapPayload;
    return { map: new SourceMap(payload), folder: resolve(dirname(mapFile), payload.sourceRoot ?? "") };
  } catch {
    // No such file, or no source map in it: the code itself is shown.
    return null;
  }
}

function mapPath(file: string, url: string): string {
  return url.startsWith("file:") ? fileURLToPath(url) : resolve(dirname(file), decodeURIComponent(url));
}

function readSmall(file: string): string {
  return statSync(file).size <= MOST_BYTES ? readFileSync(file, "utf8") : "";
}

function dataText(url: string): string {
  const comma = url.indexOf(",");
  const body = url.slice(comma + 1);
  return url.slice(0, comma).endsWith(";base64") ? Buffer.from(body, "base64").toString() : decodeURIComponent(body);
}
