import type { Variable } from "./dap";
import { DebugError } from "./dap";
import type { Handle, Handles } from "./handles";
import { sizeNote } from "./size-note";
import type { MainThread, Property, RemoteObject } from "./remote";
import { typeText, valueText } from "./value-text";

/** Lists with more elements are shown in pieces of so many. */
const PIECE = 100;
const LISTS = new Set(["array", "typedarray"]);
/** What V8 tells of an object beside its properties, and is worth showing. */
const INTERNALS = new Set(["[[Entries]]", "[[Prototype]]", "[[PromiseState]]", "[[PromiseResult]]", "[[BoundThis]]"]);
export const OBJECT_GROUP = "dnn-lab.debugger";

/** Which part of a list is wanted. */
export interface Page {
  readonly filter?: "indexed" | "named";
  readonly start?: number;
  readonly count?: number;
}

/** Makes variables of what the inspector knows; an object's properties are read when somebody opens it. */
export class Variables {
  constructor(
    private readonly thread: MainThread,
    private readonly handles: Handles,
  ) {}

  /** @param path an expression that gives the value, for the front end's watches */
  async variable(name: string, remote: RemoteObject, path?: string): Promise<Variable> {
    const length = lengthOf(remote);
    const note = await sizeNote(this.thread, remote);
    return {
      name,
      value: note === undefined ? valueText(remote) : `${note} ${valueText(remote)}`,
      type: typeText(remote),
      variablesReference: remote.objectId === undefined ? 0 : this.handles.add({ kind: "object", remote, path }),
      ...(path === undefined ? {} : { evaluateName: path }),
      ...(length > PIECE ? { indexedVariables: length } : {}),
    };
  }

  /** What is inside of an object, a part of a list, or what a getter gives. */
  async inside(handle: Exclude<Handle, { kind: "notebook" | "scope" }>, page: Page): Promise<Variable[]> {
    if (handle.kind === "slice") {
      const { remote, start, count, path } = handle;
      return count > PIECE ? this.pieces(remote, start, count, path) : this.slice(remote, start, count, path);
    }
    if (handle.kind === "getter") return [await this.called(handle)];
    const { remote, path } = handle;
    const length = lengthOf(remote);
    if (page.filter === "indexed" || (length > PIECE && page.count !== undefined && page.count > 0))
      return this.slice(remote, page.start ?? 0, Math.min(page.count || length, length), path);
    const named = page.filter === "named" || length > PIECE;
    const own = await this.properties(remote, path, named);
    return length > PIECE && page.filter === undefined ? [...this.pieces(remote, 0, length, path), ...own] : own;
  }

  /** The variables of a scope. */
  async ofScope(object: RemoteObject): Promise<Variable[]> {
    return this.properties(object, "", false);
  }

  /** Every own property, with symbols; `[[Entries]]` of maps and sets. */
  private async properties(
    remote: RemoteObject,
    path: string | undefined,
    withoutIndices: boolean,
  ): Promise<Variable[]> {
    const { result, internalProperties = [] } = await this.thread.post<{
      result: Property[];
      internalProperties?: Property[];
    }>("Runtime.getProperties", {
      objectId: remote.objectId,
      ownProperties: true,
      generatePreview: true,
      ...(withoutIndices ? { nonIndexedPropertiesOnly: true } : {}),
    });
    const variables: Variable[] = [];
    for (const { name, value, get, symbol } of result) {
      const inner = symbol === undefined ? pathTo(path, name, remote) : undefined;
      if (value !== undefined) variables.push(await this.variable(name, value, inner));
      else if (get !== undefined && get.type !== "undefined") variables.push(this.getter(name, remote, inner));
      else if (get === undefined) variables.push({ name, value: "<not initialized>", type: "", variablesReference: 0 });
    }
    for (const { name, value } of internalProperties)
      if (value !== undefined && INTERNALS.has(name) && value.subtype !== "null")
        variables.push({ ...(await this.variable(name, value)), presentationHint: { kind: "virtual" } });
    return variables;
  }

  private getter(name: string, owner: RemoteObject, path: string | undefined): Variable {
    const variablesReference = this.handles.add({ kind: "getter", owner, name, path });
    return { name, value: "(…)", type: "getter", variablesReference, presentationHint: { lazy: true } };
  }

  private async called({ owner, name, path }: Extract<Handle, { kind: "getter" }>): Promise<Variable> {
    const value = await this.thread.value("Runtime.callFunctionOn", {
      objectId: owner.objectId,
      functionDeclaration: "function (name) { return this[name] }",
      arguments: [{ value: name }],
      objectGroup: OBJECT_GROUP,
      generatePreview: true,
    });
    return this.variable(name, value, path);
  }

  /** A long list in at most a hundred pieces, which may have pieces themselves. */
  private pieces(remote: RemoteObject, from: number, length: number, path: string | undefined): Variable[] {
    let size = PIECE;
    while (length / size > PIECE) size *= PIECE;
    return Array.from({ length: Math.ceil(length / size) }, (_, index) => {
      const start = from + index * size;
      const count = Math.min(size, from + length - start);
      const variablesReference = this.handles.add({ kind: "slice", remote, start, count, path });
      return { name: `[${start} … ${start + count - 1}]`, value: "", type: "", variablesReference };
    });
  }

  private async slice(
    remote: RemoteObject,
    start: number,
    count: number,
    path: string | undefined,
  ): Promise<Variable[]> {
    if (count > PIECE * PIECE)
      throw new DebugError(`at most ${PIECE * PIECE} elements are read at a time, not ${count}`);
    const part = await this.thread.value("Runtime.callFunctionOn", {
      objectId: remote.objectId,
      // An object without a prototype: nothing of the program's is called.
      functionDeclaration:
        "function (start, end) { const part = { __proto__: null }; for (let i = start; i < end; i++) if (i in this) part[i] = this[i]; return part }",
      arguments: [{ value: start }, { value: start + count }],
      objectGroup: OBJECT_GROUP,
    });
    const inner = await this.properties(part, undefined, false);
    return inner.map((one) => (path === undefined ? one : { ...one, evaluateName: `${path}[${one.name}]` }));
  }
}

/** The length of an array or typed array, which V8 writes behind its class: `Array(3)`. */
function lengthOf({ subtype = "", description = "" }: RemoteObject): number {
  return LISTS.has(subtype) ? Number(/\((\d+)\)$/.exec(description)?.[1] ?? 0) : 0;
}

/** An expression for a property; undefined for what has no name that could be written. */
function pathTo(path: string | undefined, name: string, { subtype = "" }: RemoteObject): string | undefined {
  if (path === undefined) return undefined;
  const isName = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name);
  if (path === "") return isName ? name : undefined;
  if (LISTS.has(subtype) && /^\d+$/.test(name)) return `${path}[${name}]`;
  return isName ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
