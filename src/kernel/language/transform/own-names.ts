/**
 * Cells may call things as they like: `const performance = 0.93`, `class Promise {}`, `let window = 5`. In V8's REPL mode
 * such a name would hide the global of that name from the whole process, packages and this kernel included. So the cell's
 * own one is called otherwise in the code that runs, wherever the cell or a later one refers to it.
 */
import type { Declaration } from "../declarations";

const OWN = "__dnn_own_";
const FORGOTTEN = "__dnn_forgotten_";

/** Names that the kernel gives to cells, beside Node's own globals. */
const PROVIDED = [
  ...["display", "html", "md", "svg", "image", "clearOutput", "input", "prompt", "password", "comms"],
  ...["require", "module", "exports", "__dirname", "__filename"],
];

/** Names that no Node has, or not every one, and by which packages tell where they run. */
const OF_OTHER_HOSTS = [
  ...["window", "self", "document", "location", "navigator", "localStorage", "sessionStorage", "importScripts"],
  ...["XMLHttpRequest", "Element", "HTMLElement", "Image", "ImageData", "OffscreenCanvas", "WorkerGlobalScope"],
  ...["Deno", "Bun", "define", "WebSocket", "EventSource", "CustomEvent", "FileReader", "Iterator", "Float16Array"],
];

/** Every name that means something to others than the cells. */
const TAKEN: ReadonlySet<string> = new Set([...namesOf(globalThis), ...PROVIDED, ...OF_OTHER_HOSTS]);

/** The names of an object and of those it inherits from. */
function namesOf(object: object | null): string[] {
  return object === null ? [] : [...Object.getOwnPropertyNames(object), ...namesOf(Object.getPrototypeOf(object))];
}

/** What cells can use without declaring it, and what it is called in the code that runs. */
const MODULE_NAMES = ["module", "exports"].map((name) => [name, `__dnn_${name}`] as const);

/** What a notebook's names are called in the code that runs; other names are called as in the cell. */
export class OwnNames {
  private names = new Map<string, string>(MODULE_NAMES);

  /** The names as a cell has them that declares these values. */
  within(declarations: readonly Declaration[]): Map<string, string> {
    const names = new Map(this.names);
    for (const { name, key } of declarations) {
      // What is imported by name is no variable at all (see `imports.ts`).
      if (TAKEN.has(name) && key === undefined) names.set(name, OWN + name);
      else names.delete(name);
    }
    return names;
  }

  /** Makes the names of a cell those of all later ones. */
  declare(declarations: readonly Declaration[]): void {
    this.names = this.within(declarations);
  }

  /** V8 cannot undeclare a name, so that a forgotten one is called what nothing is called. */
  forget(names: Iterable<string>): void {
    this.names = new Map(MODULE_NAMES);
    for (const name of names) if (!TAKEN.has(name)) this.names.set(name, FORGOTTEN + name);
  }
}
