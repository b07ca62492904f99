/** Code that is being typed, as a module that sees the names of the session. */
import { declarationsOf } from "../declarations";
import { withoutMagics } from "../without-magics";
import { parseCell, type ParsedText } from "../parse-cell";
import type { EarlierCells } from "../earlier-cells";
import { namesIn } from "./check-cell";
import type { Checker } from "./checker";
import { importsOf } from "./module-text";

export interface Scratch {
  path: string;
  /** Where the code begins in the file: unfinished code could swallow what comes behind it, so the imports stand before. */
  shift: number;
  cell: ParsedText;
}

/** Makes the code known to the checker. It sees the earlier names that it mentions, and `more`. */
export function placeScratch(
  checker: Checker,
  earlier: EarlierCells,
  code: string,
  more: readonly string[] = [],
): Scratch {
  const cell = parseCell(withoutMagics(code));
  const seen = new Set([...namesIn(cell), ...more]);
  const prefix = `${importsOf(seen, earlier, declarationsOf(cell.sourceFile))}\n`;
  const path = checker.place({ text: prefix + cell.text, jsx: cell.jsx });
  return { path, shift: prefix.length, cell };
}
