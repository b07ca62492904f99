/** V8's inspector protocol, as far as the debugger uses it. https://chromedevtools.github.io/devtools-protocol/v8 */
import { Session } from "node:inspector";

export interface RemoteObject {
  readonly type: string;
  readonly subtype?: string;
  readonly className?: string;
  readonly value?: unknown;
  readonly unserializableValue?: string;
  readonly description?: string;
  readonly objectId?: string;
  readonly preview?: Preview;
}

export interface Preview {
  readonly type: string;
  readonly subtype?: string;
  readonly description?: string;
  readonly overflow: boolean;
  readonly properties: readonly PropertyPreview[];
  readonly entries?: readonly { readonly key?: Preview; readonly value: Preview }[];
}

export interface PropertyPreview {
  readonly name: string;
  readonly type: string;
  readonly subtype?: string;
  readonly value?: string;
}

export interface Property {
  readonly name: string;
  readonly value?: RemoteObject;
  readonly get?: RemoteObject;
  readonly symbol?: RemoteObject;
  readonly isOwn?: boolean;
  readonly enumerable?: boolean;
}

/** A place in the code that runs; lines and columns count from 0. */
export interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber?: number;
}

export interface ScopeOfV8 {
  readonly type: string;
  readonly name?: string;
  readonly object: RemoteObject;
}

export interface CallFrame {
  readonly callFrameId: string;
  readonly functionName: string;
  readonly location: Location;
  readonly scopeChain: readonly ScopeOfV8[];
  readonly this: RemoteObject;
}

export interface Paused {
  readonly callFrames: readonly CallFrame[];
  readonly reason: string;
  readonly data?: RemoteObject & { readonly uncaught?: boolean };
  readonly hitBreakpoints?: readonly string[];
}

export interface ScriptParsed {
  readonly scriptId: string;
  readonly url: string;
  readonly sourceMapURL?: string;
}

export interface Evaluated {
  readonly result: RemoteObject;
  readonly exceptionDetails?: { readonly text: string; readonly exception?: RemoteObject };
}

/** V8 refused a call, or the evaluated code threw. */
export class RemoteError extends Error {}

/** A session of this thread with the inspector of the thread in which cells run, which answers even while it is stopped. */
export class MainThread {
  private readonly session = new Session();

  constructor() {
    this.session.connectToMainThread();
  }

  post<T = object>(method: string, parameters: object = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      this.session.post(method, parameters, (error: Error | null, result?: object) =>
        error ? reject(new RemoteError(error.message)) : resolve(result as T),
      );
    });
  }

  on<T>(event: string, listener: (parameters: T) => void): void {
    this.session.on(event, ({ params }: { params: T }) => listener(params));
  }

  /** What an evaluation gave; throws with what it threw. */
  async value(method: string, parameters: object): Promise<RemoteObject> {
    const { result, exceptionDetails } = await this.post<Evaluated>(method, { silent: true, ...parameters });
    if (exceptionDetails === undefined) return result;
    const { exception, text } = exceptionDetails;
    const thrown = exception?.description ?? (exception === undefined ? text : String(exception.value));
    throw new RemoteError(thrown.split("\n")[0] as string);
  }

  disconnect(): void {
    this.session.disconnect();
  }
}
