import { Session } from "node:inspector";
import { PROLOGUE } from "../../language/language-api";
import type { Program } from "../bridge";
import { ScriptPlaces, type SourcePlace, type StopPlace } from "./script-places";

/** Makes a body of a cell's code, in which `await` is allowed; the code that runs begins behind it. */
const HEAD = "(async()=>{";
/** Where `eval` is called every name may be used: V8 would leave out functions that the cell itself never calls. */
const TAIL = "\neval(0)})";

/**
 * Where a cell's code can be stopped, before it has run: V8 compiles it on this thread. Columns of the first line are those of
 * the code as it runs, with the prologue.
 */
export function stopPlacesOf({ code, sourceMap, source }: Program): StopPlace[] {
  const session = new Session();
  session.connect();
  try {
    return placesOf(source, sourceMap).stops(possible(session, HEAD + PROLOGUE + code + TAIL));
  } finally {
    session.disconnect();
  }
}

/** How the places of a cell that runs translate into those of its text. */
export function placesOf(source: string, sourceMap: string | undefined): ScriptPlaces {
  return new ScriptPlaces(sourceMap, PROLOGUE.length, source.split(/\r\n|[\n\r\u2028\u2029]/).length);
}

function possible(session: Session, expression: string): SourcePlace[] {
  const post = <T>(method: string, parameters: object = {}): T => {
    let answer: T | undefined;
    // A session with one's own thread answers at once.
    session.post(method, parameters, (_error: Error | null, result?: object) => (answer = result as T | undefined));
    return answer as T;
  };
  post("Runtime.enable");
  post("Debugger.enable");
  const { scriptId } = post<{ scriptId?: string }>("Runtime.compileScript", {
    expression,
    sourceURL: "dnn-lab:stops",
    persistScript: true,
  });
  if (scriptId === undefined) return [];
  const { locations } = post<{ locations: { lineNumber: number; columnNumber?: number }[] }>(
    "Debugger.getPossibleBreakpoints",
    { start: { scriptId, lineNumber: 0, columnNumber: 0 } },
  );
  return locations.map(({ lineNumber: line, columnNumber: column = 0 }) => ({
    line,
    column: line === 0 ? column - HEAD.length : column,
  }));
}
