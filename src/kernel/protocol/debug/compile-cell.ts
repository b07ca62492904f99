import { planCell } from "../cell-plan";
import type { LanguageClient } from "../language-client";
import type { RanCell } from "../ran-cells";

/** How the text of a cell would run; undefined for a cell that is no code. */
export async function compileCell(language: LanguageClient, code: string): Promise<RanCell | undefined> {
  const plan = planCell(code);
  if (plan.kind !== "code") return undefined;
  const { syntaxError, ...compiled } = await language.compile({ id: "debugger", code: plan.code, check: "off" });
  if (syntaxError) return undefined;
  const map = compiled.sourceMap === undefined ? {} : { sourceMap: compiled.sourceMap };
  return { code, program: { name: "debugger", source: plan.code, code: compiled.code, ...map } };
}
