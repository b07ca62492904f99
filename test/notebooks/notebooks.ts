/** Notebooks for the tests, as plain objects. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Cell, CodeCell, Notebook, Output } from "../../src/notebooks/notebook/notebook-file";

export const stdout = (text: string): Output => ({ output_type: "stream", name: "stdout", text });
export const shown = (data: Record<string, unknown>): Output => ({ output_type: "display_data", data, metadata: {} });
export const figure = (data: object[], layout: object = {}): Output =>
  shown({ "application/vnd.plotly.v1+json": { data, layout } });

let ids = 0;

export function code(source: string, tags: string[] = [], rest: Partial<Cell> = {}): Cell {
  const metadata = tags.length ? { tags } : {};
  return { id: `cell-${++ids}`, cell_type: "code", metadata, source, outputs: [], execution_count: null, ...rest };
}

export const text = (source: string): Cell => ({ id: `cell-${++ids}`, cell_type: "markdown", metadata: {}, source });

export function notebook(cells: readonly Cell[], metadata: Record<string, unknown> = {}, kernel = "tslab"): Notebook {
  const language = kernel === "python3" ? "python" : "typescript";
  const kernelspec = { name: kernel, display_name: kernel, language };
  return { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec, ...metadata }, cells };
}

/** Writes a notebook, laid out as nbformat does; returns the path. */
export function save(path: string, content: Notebook): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(content, null, 1)}\n`);
  return path;
}

/** A cell as the comparison sees it. */
export function codeCell(source: string, rest: Partial<CodeCell> = {}): CodeCell {
  return {
    ...{ cell: 1, index: 0, id: undefined, section: null, source, tags: [], settings: {}, outputs: [] },
    executionCount: 1,
    ...rest,
  };
}
