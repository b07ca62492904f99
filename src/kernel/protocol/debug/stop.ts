import type { StackFrame } from "./dap";
import { DebugError } from "./dap";
import type { CallFrame, Paused } from "./remote";
import type { Script, Scripts } from "./scripts";

/** A frame that is shown, and V8's. */
export interface Frame {
  readonly id: number;
  readonly of: CallFrame;
  readonly script: Script;
  readonly place: { readonly line: number; readonly column: number };
}

/** Numbers of frames are never used again: a front end may ask late. */
let frameCount = 0;

/** A program that stands still. */
export class Stop {
  readonly frames: readonly Frame[];

  /** @param scripts know whose frames are worth showing: those of cells, files and packages */
  constructor(
    readonly paused: Paused,
    scripts: Scripts,
  ) {
    this.frames = paused.callFrames.flatMap((frame) => {
      const script = scripts.get(frame.location.scriptId);
      if (script === undefined) return [];
      const { lineNumber: line, columnNumber: column = 0 } = frame.location;
      const place = script.places.toSource({ line, column });
      return place === undefined ? [] : [{ id: (frameCount += 1), of: frame, script, place }];
    });
  }

  /** Whether the innermost frame is one that is shown. */
  get isAtSource(): boolean {
    return this.frames[0] !== undefined && this.frames[0].of === this.paused.callFrames[0];
  }

  frame(id: unknown): Frame {
    const found = this.frames.find((frame) => frame.id === id);
    if (found === undefined) throw new DebugError(`there is no frame ${String(id)}: the program has gone on`);
    return found;
  }

  /** The stack for the front end, which counts lines from `first`. */
  stackFrames(first: 0 | 1): StackFrame[] {
    return this.frames.map(({ id, of, script, place }) => ({
      id,
      name: of.functionName || script.source.name,
      source: script.source,
      line: place.line + first,
      column: place.column + first,
      presentationHint: script.owner === "package" ? "subtle" : "normal",
    }));
  }
}
