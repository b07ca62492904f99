/** The part of the Debug Adapter Protocol that Jupyter's front ends use. https://microsoft.github.io/debug-adapter-protocol */
import type { Json } from "../message";

/** Where code comes from; `path` of a cell is that of `cellPath`. */
export interface Source {
  readonly name: string;
  readonly path: string;
  readonly presentationHint?: "normal" | "deemphasize";
}

export interface SourceBreakpoint {
  readonly line: number;
  readonly column?: number;
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
}

export interface Breakpoint {
  readonly id: number;
  readonly verified: boolean;
  readonly line: number;
  readonly column?: number;
  readonly message?: string;
  readonly source: Source;
}

export interface StackFrame {
  readonly id: number;
  readonly name: string;
  readonly source: Source;
  readonly line: number;
  readonly column: number;
  readonly presentationHint?: "normal" | "subtle";
}

export interface DebugScope {
  readonly name: string;
  readonly variablesReference: number;
  readonly expensive: boolean;
  readonly presentationHint?: string;
}

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly variablesReference: number;
  readonly evaluateName?: string;
  readonly namedVariables?: number;
  readonly indexedVariables?: number;
  readonly presentationHint?: { readonly kind?: string; readonly lazy?: boolean };
}

/** The whole content of a `debug_reply`. */
export interface Response {
  readonly type: "response";
  readonly seq: number;
  readonly request_seq: number;
  readonly command: string;
  readonly success: boolean;
  readonly message?: string;
  readonly body: Json;
}

/** Sends an event to the front end. */
export type SendEvent = (event: string, body: Json) => void;

/** A request that cannot be carried out; its message is shown to the user. */
export class DebugError extends Error {}
