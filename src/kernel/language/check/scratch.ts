/** Code that is being typed, as a module that sees every name of the session. */
import { declarationsOf } from "../declarations";
import { withoutMagics } from "../magics";
import { parseCell, type ParsedText } from "../parse";
import type { Session } from "../session";
import type { Checker } from "./checker";
import { importsOf } from "./module-text";

export interface Scratch {
  path: string;
  /** Where the code begins in the file: unfinished code could swallow what comes behind it, so the imports stand before. */
  shift: number;
  cell: ParsedText;
}

export function placeScratch(checker: Checker, session: Session, code: string): Scratch {
  const cell = parseCell(withoutMagics(code));
  const prefix = `${importsOf(session.names.keys(), session, declarationsOf(cell.sourceFile))}\n`;
  const path = checker.scratch({ text: prefix + cell.text, jsx: cell.jsx });
  return { path, shift: prefix.length, cell };
}
