/** Pieces of code out of docstrings and pages: checked as TypeScript in one program, and run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import * as dnn from "../../src/library/index";
import * as reproduce from "../../src/library/reports/reproduce";
import {
  compilerOptions,
  hostWith,
  indexFile,
  publicApi,
  reproduceFile,
  root,
  type PublicSymbol,
} from "../setup/public-api";
import { prelude } from "./prelude";

export interface Snippet {
  /** Where it stands: `fit`, `docs/from-keras.md 3`. */
  readonly name: string;
  readonly code: string;
}

const IMPORTS = /^import [^;]*? from "dnn-lab";\n?/gm;
const library: Record<string, unknown> = { ...dnn, ...reproduce };
const main = publicApi(indexFile);
const further = publicApi(reproduceFile).filter(({ name }) => !main.some((each) => each.name === name));
/** The names of each door, types too. */
const doors = [
  { file: "../../src/library/index", names: namesOf(main, Object.keys(dnn)) },
  { file: "../../src/library/reports/reproduce", names: namesOf(further) },
];

function namesOf(api: readonly PublicSymbol[], more: readonly string[] = []): string[] {
  return [...new Set([...more, ...api.map(({ name }) => name.split(".")[0])])].filter((name) => name !== "default");
}

/** The `@example`s of everything public. */
export function docstringSnippets(): Snippet[] {
  return [...main, ...further].flatMap(({ name, examples }) =>
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
  const offered = imports.length > 0 ? [] : doors;
  return [
    ...imports,
    ...offered.map(({ file, names }) => `import { ${used(names, code).join(", ")} } from "${file}";`),
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
  const names = [...used(Object.keys(library), code), ...given];
  const values = names.map((name) =>
    (given as string[]).includes(name) ? prelude[name as keyof typeof prelude]() : library[name],
  );
  const start = new Function(...names, `${body}\nreturn snippet();`) as (...values: unknown[]) => Promise<void>;
  await start(...values);
}
