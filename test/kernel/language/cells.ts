/** A notebook's folder with a few modules, and cells checked in it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { createLanguage } from "../../../src/kernel/language";
import type { Diagnostic, LanguageApi } from "../../../src/kernel/language/language-api";

export let folder: string;
export let language: LanguageApi;
let count = 0;

export function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn-check-"));
  write(
    "tsconfig.json",
    '{ "compilerOptions": { "strict": true, "noUnusedLocals": true, "paths": { "alias": ["./lib/helper.ts"] } } }',
  );
  write(
    "lib/helper.ts",
    "export const help = (n: number): string => String(n);\nexport interface Helper { n: number }",
  );
  write("data.json", '{ "rows": [1, 2] }');
  write(
    "node_modules/esm-only/package.json",
    '{ "name": "esm-only", "type": "module", "exports": { ".": { "types": "./index.d.ts", "import": "./index.js" }, "./sub": { "types": "./sub.d.ts", "default": "./sub.js" } } }',
  );
  write(
    "node_modules/esm-only/index.d.ts",
    "export declare function esm(x: number): Promise<string>;\nexport declare class Box<T> { constructor(value: T); readonly value: T; private secret; }",
  );
  write("node_modules/esm-only/sub.d.ts", "declare const sub: { deep: true };\nexport default sub;");
  write("node_modules/untyped/index.js", "module.exports = { x: 1 }");
  write("node_modules/untyped/package.json", '{ "name": "untyped" }');
  language = createLanguage({ cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => language.reset());

/** Compiles, and commits unless there are errors; gives `TS<code>@line:column` for each diagnostic. */
export function cell(code: string, check: "off" | "warn" | "error" = "error"): Diagnostic[] {
  const id = `In[${++count}]`;
  const { diagnostics } = language.compile({ id, code, check });
  if (!diagnostics.some(({ category }) => category === "error")) language.commit(id);
  return diagnostics;
}

export function codes(...cells: string[]): string[] {
  let found: Diagnostic[] = [];
  for (const code of cells) found = cell(code);
  return found.map(
    ({ code, line, column, category }) => `${category === "error" ? "TS" : "warning "}${code}@${line}:${column}`,
  );
}
