import { readFileSync } from "node:fs";
import { basename, dirname, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { RanCell } from "../ran-cells";
import { cellPath } from "./cell-path";
import type { Source } from "./dap";
import type { MainThread, ScriptParsed } from "./remote";
import { ScriptPlaces, type StopPlace } from "./script-places";
import { placesOf } from "./stop-places";

/** Whose code a script is. */
type Owner = "cell" | "local" | "package" | "hidden";

/** A script that V8 has compiled. */
export interface Script {
  readonly id: string;
  readonly owner: Owner;
  readonly source: Source;
  readonly places: ScriptPlaces;
}

const KERNEL_FOLDER = dirname(dirname(__dirname)) + sep;
/** What is installed beside the kernel counts as packages. */
const INSTALLATION = dirname(dirname(KERNEL_FOLDER)) + sep;

/** What V8 steps over: the kernel and Node; packages too unless the user wants to see them. */
export function blackboxPatterns(justMyCode: boolean): string[] {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const urls = (folder: string): string[] => [`^${literal(pathToFileURL(folder).href)}`, `^${literal(folder)}`];
  const own = ["^node:", "^evalmachine", ...urls(KERNEL_FOLDER)];
  return justMyCode ? [...own, "/node_modules/", ...urls(INSTALLATION)] : own;
}

/** The scripts of the main thread, by V8's id. */
export class Scripts {
  private readonly scripts = new Map<string, Script>();

  /** @param cells the cells that ran, by the names of their scripts */
  constructor(
    private readonly thread: MainThread,
    private readonly cells: (name: string) => RanCell | undefined,
  ) {
    thread.on<ScriptParsed>("Debugger.scriptParsed", (script) => {
      const known = this.describe(script);
      if (known !== undefined) this.scripts.set(known.id, known);
    });
  }

  get(id: string): Script | undefined {
    return this.scripts.get(id);
  }

  /** The scripts that were made of a source. */
  of(path: string): Script[] {
    return [...this.scripts.values()].filter(({ source }) => source.path === path);
  }

  /** Files of the user's that are loaded. */
  localFiles(): Source[] {
    const local = [...this.scripts.values()].filter(({ owner }) => owner === "local");
    return [...new Map(local.map(({ source }) => [source.path, source])).values()];
  }

  /** Where a script can be stopped. */
  async stops({ id, places }: Script): Promise<StopPlace[]> {
    const start = { scriptId: id, lineNumber: 0, columnNumber: 0 };
    const { locations } = await this.thread.post<{ locations: { lineNumber: number; columnNumber?: number }[] }>(
      "Debugger.getPossibleBreakpoints",
      { start },
    );
    return places.stops(
      locations.map(({ lineNumber, columnNumber = 0 }) => ({ line: lineNumber, column: columnNumber })),
    );
  }

  private describe({ scriptId: id, url, sourceMapURL }: ScriptParsed): Script | undefined {
    const cell = this.cells(url);
    if (cell !== undefined) {
      const { source, sourceMap } = cell.program;
      return {
        id,
        owner: "cell",
        source: { name: url, path: cellPath(cell.code) },
        places: placesOf(source, sourceMap),
      };
    }
    const path = pathOf(url);
    if (path === undefined) return undefined;
    const owner = ownerOf(path);
    if (owner === "hidden") return undefined;
    const hint = owner === "package" ? ({ presentationHint: "deemphasize" } as const) : {};
    return { id, owner, source: { name: basename(path), path, ...hint }, places: inlinePlaces(sourceMapURL) };
  }
}

/** The text of a file of which a script was made. */
export function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The address under which V8 knows a file. */
export function urlOf(path: string): string {
  return pathToFileURL(path).href;
}

function pathOf(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  try {
    return fileURLToPath(url.replace(/\?.*$/, ""));
  } catch {
    return undefined;
  }
}

function ownerOf(path: string): Owner {
  if (path.startsWith(KERNEL_FOLDER)) return "hidden";
  return /[\\/]node_modules[\\/]/.test(path) || path.startsWith(INSTALLATION) ? "package" : "local";
}

/** The map that local files carry (see `runtime/modules/local-loader.ts`); those of packages are left alone. */
function inlinePlaces(url = ""): ScriptPlaces {
  const encoded = /^data:application\/json;base64,(.*)$/.exec(url)?.[1];
  if (encoded === undefined) return new ScriptPlaces(undefined, 0);
  try {
    const map = Buffer.from(encoded, "base64").toString("utf8");
    const { x_dnn_shift: shift } = JSON.parse(map) as { x_dnn_shift?: number };
    return shift === undefined ? new ScriptPlaces(undefined, 0) : new ScriptPlaces(map, shift);
  } catch {
    return new ScriptPlaces(undefined, 0);
  }
}
