import type { DebugScope } from "./dap";
import type { Handles } from "./handles";
import type { MainThread, Property, ScopeOfV8 } from "./remote";
import type { Frame } from "./stop";

/** What V8 calls the scopes that are shown; its global ones are replaced by the notebook's names. */
const TITLES: Readonly<Record<string, string>> = {
  local: "Local",
  block: "Block",
  closure: "Closure",
  catch: "Catch",
  module: "Module",
  with: "With",
  eval: "Eval",
};

/** The scopes of a frame, innermost first, and the notebook's names. */
export function scopesOf(frame: Frame, handles: Handles): DebugScope[] {
  const own = frame.of.scopeChain.flatMap((scope, number) => {
    const title = TITLES[scope.type];
    if (title === undefined) return [];
    const name = scope.type === "closure" && scope.name ? `${title} (${scope.name})` : title;
    const variablesReference = handles.add({ kind: "scope", frame: frame.of, number });
    const hint = scope.type === "local" ? { presentationHint: "locals" } : {};
    return [{ name, variablesReference, expensive: false, ...hint }];
  });
  return [...own, { name: "Notebook", variablesReference: handles.add({ kind: "notebook" }), expensive: false }];
}

/** The names that a frame has beside the notebook's. */
export async function localNames(thread: MainThread, frame: Frame): Promise<string[]> {
  const names: string[] = [];
  for (const { type, object } of frame.of.scopeChain)
    if (TITLES[type] !== undefined) names.push(...(await namesIn(thread, object)));
  return names;
}

async function namesIn(thread: MainThread, { objectId }: ScopeOfV8["object"]): Promise<string[]> {
  const parameters = { objectId, ownProperties: true };
  const { result } = await thread.post<{ result: Property[] }>("Runtime.getProperties", parameters);
  return result.map(({ name }) => name);
}
