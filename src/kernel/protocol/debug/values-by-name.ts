import type { LanguageClient } from "../language-client";
import { Handles } from "./handles";
import { notebookVariables } from "./notebook-names";
import { MainThread } from "./remote";
import { OBJECT_GROUP, Variables } from "./variables";

/** The notebook's values on one line each, by name, while no cell runs: for `%whos`. */
export async function valuesByName(language: LanguageClient, names: Iterable<string>): Promise<Map<string, string>> {
  const thread = new MainThread();
  try {
    const variables = await notebookVariables(thread, language, names, new Variables(thread, new Handles()));
    await thread.post("Runtime.releaseObjectGroup", { objectGroup: OBJECT_GROUP });
    return new Map(variables.map(({ name, value }) => [name, value]));
  } finally {
    thread.disconnect();
  }
}
