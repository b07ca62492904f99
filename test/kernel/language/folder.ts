/** A language of its own for a folder with given files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { createLanguage } from "../../../src/kernel/language";
import type { Diagnostic, LanguageApi, LanguageOptions } from "../../../src/kernel/language/language-api";

export interface Notebook {
  readonly folder: string;
  readonly language: LanguageApi;
  /** Compiles a cell, and commits it unless there are errors. */
  cell(code: string, check?: "off" | "warn" | "error"): Diagnostic[];
  /** The errors and warnings of the last of some cells: `TS2322@0:6`. */
  codes(...cells: string[]): string[];
  write(path: string, text: string): void;
}

export function notebookWith(
  files: Readonly<Record<string, string | object>>,
  options: Partial<LanguageOptions> = {},
): Notebook {
  const folder = mkdtempSync(join(tmpdir(), "dnn-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return notebookIn(folder, files, options);
}

/** The same in a folder of the caller's: types are loaded once for all its tests, which begin with `language.reset()`. */
export function notebookIn(
  folder: string,
  files: Readonly<Record<string, string | object>>,
  options: Partial<LanguageOptions> = {},
): Notebook {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, typeof text === "string" ? text : JSON.stringify(text));
  const language = createLanguage({ cwd: folder, ...options });
  let count = 0;
  const cell: Notebook["cell"] = (code, check = "error") => {
    const id = `In[${++count}]`;
    const { diagnostics } = language.compile({ id, code, check });
    if (!diagnostics.some(({ category }) => category === "error")) language.commit(id);
    return diagnostics;
  };
  const codes = (...cells: string[]): string[] => {
    const found = cells.map((code) => cell(code)).at(-1) ?? [];
    return found.map(
      ({ category, code, line, column }) => `${category === "error" ? "TS" : "warning "}${code}@${line}:${column}`,
    );
  };
  return { folder, language, cell, codes, write };
}
