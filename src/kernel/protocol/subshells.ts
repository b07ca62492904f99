import type { Json } from "./message";

/**
 * Why there are no subshells (JEP 91): a subshell is a thread that runs cells beside the main one on the same variables, and a
 * JavaScript program has one thread for its variables. What front ends use them for is answered without: see docs/kernel.md.
 */
const REASON =
  "This kernel has no subshells: JavaScript has one thread for the variables of a notebook, so a second cell would wait for the first all the same. " +
  "Completion, documentation and the debugger are answered while a cell runs, comms (widgets) while it awaits.";

/** The answers to the requests about subshells: no front end waits for one in vain. */
export const SUBSHELL_ANSWERS: Readonly<Record<string, (content: Json) => Json>> = {
  create_subshell_request: () => refusal(REASON),
  delete_subshell_request: ({ subshell_id: id }) => refusal(`There is no subshell ${JSON.stringify(id)}. ${REASON}`),
  list_subshell_request: () => ({ status: "ok", subshell_id: [] }),
};

/** Throws for a request that is meant for a subshell: it must not run in the main shell instead. */
export function checkShell(header: object): void {
  const { subshell_id: id } = header as { subshell_id?: unknown };
  if (id !== undefined && id !== null) throw new Error(`There is no subshell ${JSON.stringify(id)}. ${REASON}`);
}

function refusal(message: string): Json {
  return { status: "error", ename: "NotSupportedError", evalue: message, traceback: [`NotSupportedError: ${message}`] };
}
