/**
 * Fingerprints of a notebook's code by winnowing (Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003), over the kinds of the
 * syntax tree's tokens: other names, numbers, texts, comments and layout change nothing.
 */
import { createHash } from "node:crypto";
import ts from "typescript";
import { joined, type Notebook } from "dnn-lab-notebooks";
import { graderOf } from "../assignment/grader-cell";

/** So many tokens in a row make a fingerprint; shorter likenesses are chance. */
export const GRAM = 12;
/** Of this many grams in a row at least one is kept: a copy of GRAM + WINDOW − 1 tokens is always found. */
export const WINDOW = 8;

interface Token {
  readonly kind: string;
  /** Place of its cell, from 0. */
  readonly cell: number;
  readonly line: number;
}

/** Where a fingerprint was found. */
export interface Place {
  readonly cell: number;
  readonly line: number;
}

/** Fingerprint → where it first stands. */
export type Fingerprints = ReadonlyMap<string, Place>;

/** The code that a student wrote: cells that are not the teacher's. */
function tokensOf(notebook: Notebook): Token[] {
  return notebook.cells.flatMap((cell, index) => {
    if (cell.cell_type !== "code" || isTeachers(cell)) return [];
    return tokens(joined(cell.source)).map((token) => ({ ...token, cell: index }));
  });
}

function isTeachers(cell: Notebook["cells"][number]): boolean {
  try {
    return graderOf(cell)?.solution === false && graderOf(cell)!.locked;
  } catch {
    return false;
  }
}

function tokens(source: string): Omit<Token, "cell">[] {
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true);
  const found: Omit<Token, "cell">[] = [];
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(file);
    if (children.length > 0) return children.forEach(visit);
    if (node.kind === ts.SyntaxKind.EndOfFileToken || node.getWidth(file) === 0) return;
    // Written or left out, these say the same.
    if ([ts.SyntaxKind.SemicolonToken, ts.SyntaxKind.CommaToken].includes(node.kind)) return;
    found.push({ kind: kindOf(node, file), line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1 });
  };
  visit(file);
  return found;
}

/** Names of properties stay (`sgd`, `units` say what is done); variables, numbers and texts are alike. */
function kindOf(node: ts.Node, file: ts.SourceFile): string {
  if (node.kind === ts.SyntaxKind.LetKeyword || node.kind === ts.SyntaxKind.ConstKeyword) return "declare";
  if (!ts.isIdentifier(node)) return ts.SyntaxKind[node.kind];
  const { parent } = node;
  const isProperty =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node);
  return isProperty ? `.${node.getText(file)}` : "name";
}

const hash = (kinds: readonly string[]): string =>
  createHash("sha1").update(kinds.join("\0")).digest("hex").slice(0, 16);

/** The fingerprints of a notebook: of each window of grams the smallest hash, of equal ones the rightmost. */
export function fingerprintsOf(notebook: Notebook): Fingerprints {
  const all = tokensOf(notebook);
  const grams = all
    .slice(0, Math.max(0, all.length - GRAM + 1))
    .map((token, i) => ({ print: hash(all.slice(i, i + GRAM).map(({ kind }) => kind)), token }));
  const kept = new Map<string, Place>();
  for (let start = 0; start < Math.max(1, grams.length - WINDOW + 1); start++) {
    const window = grams.slice(start, start + WINDOW);
    if (window.length === 0) break;
    const least = window.reduce((best, each) => (each.print <= best.print ? each : best));
    const { cell, line } = least.token;
    if (!kept.has(least.print)) kept.set(least.print, { cell, line });
  }
  return kept;
}
