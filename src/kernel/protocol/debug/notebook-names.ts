import type { LanguageClient } from "../language-client";
import type { Variable } from "./dap";
import { OBJECT_GROUP, type Variables } from "./variables";
import { SHOWN_CHARS } from "./value-text";
import type { MainThread, Property } from "./remote";

/**
 * Reads the values, and leaves out names that have none (types, and variables that are not initialized yet). Of a long text the
 * beginning is enough: the inspector would send all of it. No method of the program's is called.
 */
const READ = `(reads => {
  const values = { __proto__: null };
  for (let i = 0; i < reads.length; i++) try {
    let value = reads[i]();
    if (typeof value === "string" && value.length > ${SHOWN_CHARS}) {
      let start = "";
      for (let at = 0; at <= ${SHOWN_CHARS}; at++) start += value[at];
      value = start;
    }
    values[i] = value;
  } catch {}
  return values;
})`;

/** The notebook's names with their values, also while nothing is stopped. */
export async function notebookVariables(
  thread: MainThread,
  language: LanguageClient,
  names: Iterable<string>,
  variables: Variables,
): Promise<Variable[]> {
  const sorted = [...names].sort();
  if (sorted.length === 0) return [];
  const code = `[${sorted.map((name) => `() => ${name}`).join(", ")}]`;
  const cell = await language.compile({ id: "debugger", code, check: "off" });
  const values = await thread.value("Runtime.evaluate", {
    expression: `${READ}(${cell.code.replace(/;?\s*$/, "")})`,
    objectGroup: OBJECT_GROUP,
  });
  const { result } = await thread.post<{ result: Property[] }>("Runtime.getProperties", {
    objectId: values.objectId,
    ownProperties: true,
    generatePreview: true,
  });
  const found: Variable[] = [];
  for (const { name: index, value } of result) {
    const name = sorted[Number(index)];
    if (name !== undefined && value !== undefined) found.push(await variables.variable(name, value, name));
  }
  return found;
}
