import type { LanguageClient } from "../language-client";
import { DebugError } from "./dap";

/**
 * JavaScript for an expression that a user has typed: without types, and with the notebook's names called what the code that runs
 * calls them.
 * @param locals names of the function in which it is evaluated, which come before the notebook's
 */
export async function expressionAsRun(
  language: LanguageClient,
  expression: string,
  locals: readonly string[] = [],
): Promise<string> {
  const names = locals.filter((name) => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && name !== "this");
  // As parameters they are known to be no names of the notebook; the lines around the expression are taken off again.
  const code = `(async function (${[...new Set(names)].join(", ")}) { return (\n${expression}\n);})`;
  const cell = await language.compile({ id: "debugger", code, check: "off" });
  if (cell.syntaxError) throw new DebugError(`SyntaxError: ${cell.diagnostics[0]?.message ?? "this is no expression"}`);
  const lines = cell.code.split("\n");
  const end = lines.findLastIndex((line) => line.startsWith(");})"));
  return `(${lines.slice(1, end).join("\n")}\n)`;
}
