/** ES modules for local files, which run as CommonJS: loaded before the files that import them. */
import { Map } from "../../intrinsics";
import { asCommonJs } from "./namespace";

/** Loaded ES modules by who asked for them and how. */
export class EsModules {
  private readonly loaded = new Map<string, object>();

  /** Notes what `request` means in a file. */
  set(parent: string, request: string, namespace: object): void {
    this.loaded.set(keyOf(parent, request), asCommonJs(namespace));
  }

  /** What `require(request)` gives in a file; undefined when that is no ES module. */
  get(parent: string, request: string): object | undefined {
    return this.loaded.get(keyOf(parent, request));
  }
}

function keyOf(parent: string, request: string): string {
  return `${parent}\0${request}`;
}
