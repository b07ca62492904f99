/** Pieces of code out of docstrings and pages: checked as TypeScript in one program, and run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import * as dnn from "../../src/library/index";
import { compilerOptions, hostWith, publicApi, root } from "../setup/public-api";
import { prelude } from "./prelude";

export interface Snippet {
  /** Where it stands: `fit`, `docs/from-keras.md 3`. */
  readonly name: string;
  readonly code: string;
}

const IMPORTS = /^import [^;]*? from "dnn-lab";\n?/gm;
const library = Object.keys(dnn).filter((name) => name !== "default");
/** Types too. */
const publicNames = [...new Set([...library, ...publicApi().map(({ name }) => name.split(".")[0])])];

/** The `@example`s of everything public. */
export function docstringSnippets(): Snippet[] {
  return publicApi().flatMap(({ name, examples }) =>
    examples.map((code, i) => ({ name: examples.length === 1 ? name : `${name} ${i + 1}`, code })),
  );
}

/** The TypeScript blocks of a page. */
export function pageSnippets(page: string): Snippet[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code], i) => ({ name: `${page} ${i + 1}`, code }));
}

/** Those of `names` that `code` uses. */
const used = (names: readonly string[], code: string) =>
  names.filter((name) => new RegExp(String.raw`(?<![.\w])${name}\b(?!\??:)`).test(code));

/** The module that a snippet stands for. What it does not import itself is there all the same. */
function moduleOf({ code }: Snippet): string {
  const imports = [...code.matchAll(IMPORTS)].map(([line]) => line.replace("dnn-lab", "../../src/library/index"));
  const names = imports.length ? [] : used(publicNames, code);
  return [
    ...imports,
    `import { ${names.join(", ")} } from "../../src/library/index";`,
    `import type { Prelude } from "./prelude";`,
    `export async function snippet({ ${used(Object.keys(prelude), code).join(", ")} }: Prelude): Promise<void> {{`,
    code.replace(IMPORTS, ""),
    "}}",
  ].join("\n");
}

/** What the compiler says against them, by snippet. */
export function typeErrors(snippets: readonly Snippet[]): string[] {
  const files = new Map(
    snippets.map((snippet, i) => [join(root, "test", "examples", `snippet-${i}.ts`), moduleOf(snippet)]),
  );
  const options = { ...compilerOptions(), noUnusedLocals: false, noUnusedParameters: false };
  const program = ts.createProgram([...files.keys()], options, hostWith(files));
  return [...files.keys()].flatMap((path, i) => {
    const file = program.getSourceFile(path)!;
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map(({ messageText }) => `${snippets[i].name}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
  });
}

/** Runs a snippet with the names of the prelude that it uses. */
export async function run({ code }: Snippet): Promise<void> {
  const body = ts.transpileModule(`async function snippet() {${code.replace(IMPORTS, "")}\n}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  }).outputText;
  const given = used(Object.keys(prelude), code) as (keyof typeof prelude)[];
  const names = [...used(library, code), ...given];
  const values = names.map((name) =>
    (given as string[]).includes(name)
      ? prelude[name as keyof typeof prelude]()
      : (dnn as Record<string, unknown>)[name],
  );
  const start = new Function(...names, `${body}\nreturn snippet();`) as (...values: unknown[]) => Promise<void>;
  await start(...values);
}
