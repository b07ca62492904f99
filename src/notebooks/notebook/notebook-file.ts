/** The parts of nbformat 4 that checking needs, and where in the file each cell stands. */
import { readFileSync } from "node:fs";
import { hashOf } from "dnn-lab-core/hash";
import { isRecord } from "dnn-lab-core/objects";
import ts from "typescript";
import { parseJson } from "./json";
import { isTextNotebook, jsonOfTextNotebook, linesOfTextNotebook } from "./text-notebook";

/** MIME type → content, as in the file. */
export type MimeData = Readonly<Record<string, unknown>>;

/** One output of a code cell, as nbformat 4 stores it. */
export interface Output {
  readonly output_type: "stream" | "display_data" | "execute_result" | "error";
  /** Of a stream: `stdout` or `stderr`. */
  readonly name?: string;
  readonly text?: string | readonly string[];
  readonly data?: MimeData;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly ename?: string;
  readonly evalue?: string;
  readonly traceback?: readonly string[];
  readonly execution_count?: number | null;
}

/** A cell as nbformat 4 stores it. */
export interface Cell {
  readonly id?: string;
  readonly cell_type: "code" | "markdown" | "raw";
  readonly source: string | readonly string[];
  readonly metadata: Readonly<Record<string, unknown>> & { readonly tags?: readonly string[] };
  readonly outputs?: readonly Output[];
  readonly execution_count?: number | null;
  /** Files in a Markdown cell: name → MIME type → base64. */
  readonly attachments?: Readonly<Record<string, MimeData>>;
}

/** A notebook as nbformat 4 stores it. */
export interface Notebook {
  readonly nbformat: number;
  readonly nbformat_minor: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cells: readonly Cell[];
}

/** A code cell that has a source, with its place. */
export interface CodeCell {
  /** From 1, code cells with a source only. */
  readonly cell: number;
  /** Place in the notebook, from 0. */
  readonly index: number;
  readonly id: string | undefined;
  /** The nearest heading above. */
  readonly section: string | null;
  readonly source: string;
  readonly tags: readonly string[];
  /** What the cell's metadata says under `dnn_lab`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly outputs: readonly Output[];
  readonly executionCount: number | null;
}

/** The text of a source or an output: nbformat stores it whole, or as a list of lines; "" for undefined. */
export function joined(text: string | readonly string[] | undefined): string {
  return text === undefined ? "" : typeof text === "string" ? text : text.join("");
}

/** Reads a notebook, in nbformat 4 or as text (`.ts` with `// %%`). Throws an `Error` that names the file when the file is not a notebook. */
export function readNotebook(path: string): Notebook {
  let notebook: Partial<Notebook> | null;
  try {
    const json = isTextNotebook(path) ? jsonOfTextNotebook(path) : readFileSync(path, "utf8");
    notebook = parseJson(json) as Partial<Notebook> | null;
  } catch (error) {
    throw new Error(`${path} cannot be read as a notebook: ${(error as Error).message}`, { cause: error });
  }
  if (!notebook || !Array.isArray(notebook.cells))
    throw new Error(`${path} is not a notebook: it has no list of cells.`);
  if (notebook.nbformat !== 4) {
    throw new Error(`${path} is of notebook format ${notebook.nbformat}, expected 4: convert it (jupyter nbconvert).`);
  }
  return { ...notebook, metadata: notebook.metadata ?? {} } as Notebook;
}

/** The kernel that a notebook asks for. */
export function kernelOf(notebook: Notebook): string | undefined {
  return (notebook.metadata.kernelspec as { name?: string } | undefined)?.name;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** What a notebook's or a cell's metadata says under `dnn_lab`. */
export function settingsOf(metadata: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return record(metadata.dnn_lab);
}

/** The language of the notebook's kernel: as the file says, else as the kernel's name does, else `typescript`. */
export function languageOf({ metadata }: Notebook): string {
  const { language, name } = record(metadata.kernelspec);
  const spec = language ?? record(metadata.language_info).name;
  if (typeof spec === "string") return spec.toLowerCase();
  return typeof name === "string" && /^(?:x?python|ipykernel|conda-|venv)/i.test(name) ? "python" : "typescript";
}

/** The code cells that have a source, in order. */
export function codeCells({ cells }: Notebook): CodeCell[] {
  const found: CodeCell[] = [];
  let section: string | null = null;
  cells.forEach((each, index) => {
    const source = joined(each.source);
    if (each.cell_type === "markdown") section = headingIn(source) ?? section;
    if (each.cell_type !== "code" || source.trim() === "") return;
    found.push({
      ...{ cell: found.length + 1, index, id: each.id, section, source },
      tags: each.metadata?.tags ?? [],
      settings: settingsOf(each.metadata ?? {}),
      outputs: each.outputs ?? [],
      executionCount: each.execution_count ?? null,
    });
  });
  return found;
}

/** The text of the last heading in a Markdown cell; undefined when it has none. */
export function headingIn(markdown: string): string | undefined {
  const lines = markdown.split("\n").filter((line) => /^#+\s/.test(line));
  return lines.at(-1)?.replace(/^#+/, "").trim();
}

/** SHA-256 of a cell's source; its outputs do not count. */
export function sourceHash(source: string): string {
  return hashOf("sha256", source.trimEnd());
}

/** The line of the file, from 1, on which the source of each cell of the notebook begins. */
export function cellLines(path: string): number[] {
  if (isTextNotebook(path)) {
    const { cells } = readNotebook(path);
    return linesOfTextNotebook(
      path,
      cells.map(({ source }) => joined(source)),
    );
  }
  const text = readFileSync(path, "utf8");
  const file = ts.parseJsonText(path, text);
  const line = (node: ts.Node): number => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
  const root = file.statements[0]?.expression;
  const cells = property(root, "cells");
  if (!cells || !ts.isArrayLiteralExpression(cells)) return [];
  return cells.elements.map((cell) => {
    const source = property(cell, "source");
    if (source && ts.isArrayLiteralExpression(source) && source.elements[0]) return line(source.elements[0]);
    return line(source ?? cell);
  });
}

function property(node: ts.Node | undefined, name: string): ts.Expression | undefined {
  if (!node || !ts.isObjectLiteralExpression(node)) return undefined;
  const found = node.properties.find((each) => each.name && ts.isStringLiteral(each.name) && each.name.text === name);
  return found && ts.isPropertyAssignment(found) ? found.initializer : undefined;
}
