import { DebugError } from "./dap";
import type { CallFrame, RemoteObject } from "./remote";

/** What a `variablesReference` stands for. */
export type Handle =
  | { readonly kind: "object"; readonly remote: RemoteObject; readonly path: string | undefined }
  /** Elements of a long list. */
  | {
      readonly kind: "slice";
      readonly remote: RemoteObject;
      readonly start: number;
      readonly count: number;
      readonly path: string | undefined;
    }
  /** A property whose getter has not been called. */
  | { readonly kind: "getter"; readonly owner: RemoteObject; readonly name: string; readonly path: string | undefined }
  /** A scope of a function: V8 sets its variables by number and name. */
  | { readonly kind: "scope"; readonly frame: CallFrame; readonly number: number }
  /** The notebook's names. */
  | { readonly kind: "notebook" };

/** Numbers for what the front end may ask about; those of a stop are void once the program goes on. */
export class Handles {
  private readonly handles = new Map<number, Handle>();
  private count = 0;

  add(handle: Handle): number {
    this.handles.set((this.count += 1), handle);
    return this.count;
  }

  get(reference: number): Handle {
    const found = this.handles.get(reference);
    if (found === undefined)
      throw new DebugError(`nothing is known of variablesReference ${reference}: the program has gone on`);
    return found;
  }

  clear(): void {
    this.handles.clear();
  }
}
