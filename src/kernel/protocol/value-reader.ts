import { Session } from "node:inspector";
import type { Json } from "./message";
import type { RemoteObject } from "./debug/remote";

/** Limits for one expression: the number of values that are read, and their depth. */
const LIMITS = { values: 100_000, depth: 12, textLength: 1_000_000 } as const;
const TOO_LONG = "the expression took too long";
const DEFAULT_TIMEOUT_MS = 10_000;

/** What became of an expression: a plain JSON value (see {@link ValueReader}), or why there is none. */
export type ReadValue = { readonly value: unknown } | { readonly error: string };

interface Property {
  readonly name: string;
  readonly symbol?: unknown;
  readonly enumerable?: boolean;
  readonly value?: RemoteObject;
}
interface Properties {
  readonly result: readonly Property[];
}
interface Evaluated {
  readonly result: RemoteObject;
  readonly exceptionDetails?: { readonly exception?: RemoteObject; readonly text: string };
}

class ReadError extends Error {}

/**
 * Reads values of the main thread from the protocol's own thread, through V8's inspector: property by property, as V8 holds
 * them. Nothing that a cell can replace (`JSON.stringify`, `toJSON`, `Array.prototype`, getters, proxies) is called after the
 * expression itself.
 *
 * The result is JSON. What JSON does not have is an object with one key that begins with `$`: `{ $number: "NaN" }`,
 * `{ $bigint: "1" }`, `{ $undefined: true }`, `{ $function: "name" }`, `{ $symbol: … }`, `{ $accessor: true }`. An object of the
 * program's own with one such key is `{ $object: … }`.
 */
export class ValueReader {
  private session: Session | undefined;

  /** Evaluates JavaScript expressions one after the other, made ready by `prepare`; `timeout_ms` holds for each. */
  async read(content: Json, prepare: (expression: string) => Promise<string>): Promise<Json> {
    const expressions = content["expressions"];
    if (typeof expressions !== "object" || expressions === null || Array.isArray(expressions))
      throw new TypeError("expressions must be an object of JavaScript expressions by name");
    const asked = Object.entries(expressions).map(([name, code]) => [name, String(code)] as const);
    const limit = Number(content["timeout_ms"] ?? DEFAULT_TIMEOUT_MS);
    const values: [string, ReadValue][] = [];
    for (const [name, code] of asked) values.push([name, await this.one(await prepare(code), limit)]);
    return { status: "ok", values: Object.fromEntries(values) };
  }

  /** The inspector must be gone before the process ends. */
  disconnect(): void {
    this.session?.disconnect();
    this.session = undefined;
  }

  private async one(code: string, timeoutMs: number): Promise<ReadValue> {
    const objectGroup = "dnn-lab.values";
    const expression = `(await (${code}\n))`;
    try {
      const options = { expression, replMode: true, awaitPromise: true, timeout: timeoutMs, objectGroup, silent: true };
      const evaluated = await within(this.post<Evaluated>("Runtime.evaluate", options), timeoutMs + 500);
      const { result, exceptionDetails } = evaluated;
      if (exceptionDetails !== undefined)
        return { error: firstLine(exceptionDetails.exception, exceptionDetails.text) };
      return { value: await this.plain(result, 0, { left: LIMITS.values }) };
    } catch (error) {
      return { error: (error as Error).message };
    } finally {
      void this.post("Runtime.releaseObjectGroup", { objectGroup }).catch(() => undefined);
    }
  }

  private async plain(remote: RemoteObject, depth: number, budget: { left: number }): Promise<unknown> {
    if ((budget.left -= 1) < 0) throw new ReadError(`the value has more than ${LIMITS.values} parts`);
    if (depth > LIMITS.depth) throw new ReadError(`the value is nested deeper than ${LIMITS.depth} levels`);
    const simple = primitive(remote);
    if (simple !== undefined) return simple.value;
    if (remote.subtype === "proxy") throw new ReadError("the value is a Proxy");
    const { result } = await this.post<Properties>("Runtime.getProperties", {
      objectId: remote.objectId,
      ownProperties: true,
    });
    const isList = remote.subtype === "array" || remote.subtype === "typedarray";
    const wanted = result.filter(
      ({ name, symbol, enumerable }) => enumerable && !symbol && (!isList || /^\d+$/.test(name)),
    );
    const read: [string, unknown][] = [];
    for (const { name, value } of wanted)
      read.push([name, value ? await this.plain(value, depth + 1, budget) : { $accessor: true }]);
    if (!isList) {
      const plain = Object.fromEntries(read);
      return read.length === 1 && read[0]![0].startsWith("$") ? { $object: plain } : plain;
    }
    const list: unknown[] = [];
    for (const [index, value] of read) list[Number(index)] = value;
    if (list.length > LIMITS.values) throw new ReadError(`the array is longer than ${LIMITS.values}`);
    return Array.from(list, (value) => (value === undefined ? { $undefined: true } : value));
  }

  private post<T>(method: string, parameters: object): Promise<T> {
    if (this.session === undefined) {
      this.session = new Session();
      this.session.connectToMainThread();
    }
    const session = this.session;
    return new Promise((resolve, reject) =>
      session.post(method, parameters, (error: Error | null, result?: object) =>
        error
          ? reject(new ReadError(/terminated/.test(error.message) ? TOO_LONG : error.message))
          : resolve(result as T),
      ),
    );
  }
}

function primitive(remote: RemoteObject): { readonly value: unknown } | undefined {
  const { type, subtype, value, unserializableValue, description } = remote;
  if (type === "undefined") return { value: { $undefined: true } };
  if (type === "bigint") return { value: { $bigint: String(unserializableValue).slice(0, -1) } };
  if (unserializableValue !== undefined) return { value: { $number: unserializableValue } };
  if (type === "symbol") return { value: { $symbol: String(description) } };
  if (type === "function")
    return { value: { $function: /^(?:class|function)?\s*([\w$]*)/.exec(description ?? "")?.[1] } };
  if (subtype === "null") return { value: null };
  if (type === "string" && String(value).length > LIMITS.textLength) throw new ReadError("the text is too long");
  return type === "object" ? undefined : { value };
}

function firstLine(thrown: RemoteObject | undefined, otherwise: string): string {
  const text = thrown?.description ?? (thrown?.value === undefined ? otherwise : String(thrown.value));
  return text.split("\n")[0]!.slice(0, 500);
}

function within<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ReadError(TOO_LONG)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
