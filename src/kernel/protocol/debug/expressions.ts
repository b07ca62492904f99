import type { LanguageClient } from "../language-client";
import { DebugError } from "./dap";

interface Compiled {
  readonly code?: string;
  readonly problem?: string;
}

/**
 * JavaScript for an expression that a user has typed, or for statements, of which the last one gives the value: without types, and
 * with the notebook's names called what the code that runs calls them. What statements declare is known to them alone.
 * @param locals names of the function in which it is evaluated, which come before the notebook's
 */
export async function expressionAsRun(
  language: LanguageClient,
  expression: string,
  locals: readonly string[] = [],
): Promise<string> {
  const names = locals.filter((name) => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && name !== "this");
  // As parameters they are known to be no names of the notebook; the lines around the expression are taken off again.
  const compiled = async (begin: string, end: string): Promise<Compiled> => {
    const code = `(async function (${[...new Set(names)].join(", ")}) { ${begin}\n${expression}\n${end}})`;
    const cell = await language.compile({ id: "debugger", code, check: "off" });
    if (cell.syntaxError) return { problem: cell.diagnostics[0]?.message ?? "this is no expression" };
    const lines = cell.code.split("\n");
    const last = lines.findLastIndex((line) => line.startsWith(`${end}})`));
    return { code: lines.slice(1, last).join("\n") };
  };
  const asExpression = await compiled("return (", ");");
  if (asExpression.code !== undefined) return `(${asExpression.code}\n)`;
  const asStatements = await compiled("", "");
  if (asStatements.code !== undefined) return `{${asStatements.code}\n}`;
  throw new DebugError(`SyntaxError: ${asExpression.problem}`);
}
