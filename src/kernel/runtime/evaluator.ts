import { Session } from "node:inspector";
import { types } from "node:util";
import { BigInt, Error, Number, Object, Promise, Reflect, realm } from "../intrinsics";
import { FirstPromise } from "./first-promise";
import { adopted } from "./adopted";
import type { Place } from "./place";
import { boxLongText, unboxed } from "./long-text";
import { PROLOGUE } from "../language/language-api";
import type { Program } from "../protocol/bridge";

/** How an evaluation ended. */
export type Evaluation =
  | { readonly kind: "value"; readonly value: unknown }
  /** `place`: where V8 could not read the code, of which a syntax error has no frame; as in the code that ran. */
  | { readonly kind: "thrown"; readonly error: unknown; readonly place?: Place }
  | { readonly kind: "terminated" };

interface RemoteObject {
  readonly type: string;
  readonly value?: unknown;
  readonly unserializableValue?: string;
  readonly objectId?: string;
}

interface ExceptionDetails {
  readonly exception?: RemoteObject;
  readonly text: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
  /** Absent for code that did not begin to run. */
  readonly stackTrace?: object;
}

interface EvaluateResult {
  readonly result: RemoteObject;
  readonly exceptionDetails?: ExceptionDetails;
}

const OBJECT_GROUP = "dnn-lab";
/** A key on the global object for the time of the constructor. */
const TAKE = "dnn-lab.kernel.take";

/**
 * Evaluates cells in V8's REPL mode on this thread: redeclaration, closures over top-level names, partial state after a
 * throw and top-level await are V8's own work, at full speed.
 */
export class Evaluator {
  private readonly session = new Session();
  private readonly running = new FirstPromise();
  private taken: unknown;
  /** The inspector's name for the function that takes values. */
  private takeId = "";
  /** True while the kernel's own calls to the inspector run. */
  inKernel = false;

  constructor() {
    this.session.connect();
    // The inspector speaks of values by id; a function of this thread takes the value itself.
    const take = (value: unknown): void => void (this.taken = value);
    Object.defineProperty(realm, TAKE, { value: take, enumerable: false, configurable: true });
    this.post<EvaluateResult>("Runtime.evaluate", { expression: `this["${TAKE}"]` }, (_failed, answer) => {
      this.takeId = (answer as EvaluateResult).result.objectId as string;
    });
    Reflect.deleteProperty(realm, TAKE);
  }

  /** Evaluates a program; resolves when its top-level awaits are over. */
  evaluate({ code, name }: Pick<Program, "code" | "name">): Promise<Evaluation> {
    const expression = `${PROLOGUE}${code}\n//# sourceURL=${name}`;
    return new Promise((resolve) => {
      const parameters = { expression, replMode: true, awaitPromise: true, objectGroup: OBJECT_GROUP };
      const release = this.running.hold(boxLongText);
      this.post<EvaluateResult>("Runtime.evaluate", parameters, (failed, answer) => {
        release();
        this.inKernel = true;
        resolve(failed ? { kind: "terminated" } : this.outcome(answer as EvaluateResult, name));
        this.post("Runtime.releaseObjectGroup", { objectGroup: OBJECT_GROUP });
        this.inKernel = false;
      });
    });
  }

  /** Objects among the values of names. Texts are left out: the inspector would copy the whole text, however long it is. */
  objects(names: Iterable<string>): unknown[] {
    const found: unknown[] = [];
    for (const name of names) {
      const value = this.peek(`typeof ${name} === "object" ? ${name} : undefined`)?.value;
      if (value !== undefined && value !== null) found.push(value);
    }
    return found;
  }

  /** The value of an expression that has no side effect and is ready at once; undefined when there is none. */
  peek(expression: string): { readonly value: unknown } | undefined {
    let found: { readonly value: unknown } | undefined;
    const parameters = { expression, throwOnSideEffect: true, objectGroup: OBJECT_GROUP };
    this.post<EvaluateResult>("Runtime.evaluate", parameters, (failed, answer) => {
      if (!failed && answer?.exceptionDetails === undefined)
        found = { value: this.take((answer as EvaluateResult).result) };
    });
    return found;
  }

  private outcome({ result, exceptionDetails }: EvaluateResult, name: string): Evaluation {
    if (exceptionDetails === undefined) return { kind: "value", value: unboxed(this.take(result)) };
    const { exception, text, lineNumber: line, columnNumber: column, stackTrace } = exceptionDetails;
    const error = exception === undefined ? new Error(text) : this.take(exception);
    const isUnread = stackTrace === undefined && types.isNativeError(error) && error.name === "SyntaxError";
    return { kind: "thrown", error, ...(isUnread && { place: { name, line, column } }) };
  }

  private take(remote: RemoteObject): unknown {
    if (remote.objectId === undefined) return primitive(remote);
    this.post("Runtime.callFunctionOn", {
      // Without a single global name: cells may declare any of them.
      functionDeclaration: "function (value) { this(value) }",
      objectId: this.takeId,
      arguments: [{ objectId: remote.objectId }],
    });
    const value = this.taken;
    this.taken = undefined;
    return value;
  }

  private post<T>(method: string, parameters: object, callback?: (failed: boolean, answer?: T) => void): void {
    const answered = (error: Error | null, answer?: object): void =>
      callback?.(error !== null && error !== undefined, adopted(answer) as T);
    withoutOwnJson(() => this.session.post(method, parameters, answered));
  }
}

/** Node writes its messages to the inspector as JSON, which a `toJSON` that a cell gives to all objects would change. */
function withoutOwnJson(post: () => void): void {
  const { prototype } = realm.Object;
  const own = Reflect.getOwnPropertyDescriptor(prototype, "toJSON");
  if (own === undefined || !Reflect.deleteProperty(prototype, "toJSON")) return post();
  try {
    post();
  } finally {
    Reflect.defineProperty(prototype, "toJSON", own);
  }
}

function primitive({ value, unserializableValue, type }: RemoteObject): unknown {
  if (unserializableValue === undefined) return value;
  if (type === "bigint") return BigInt(unserializableValue.slice(0, -1));
  return Number(unserializableValue);
}
