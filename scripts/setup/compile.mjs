/**
 * Compiles all TypeScript in one pass: `src/<package>/x.ts` → `src/<package>/dist/x.js`, so that each package can be packed by
 * itself; scripts and case studies → `dist/`. Run as `node scripts/setup/compile.mjs`; prints errors, ends with 1 when there are any.
 *
 * One program for all packages is type-checked once; project references would check TensorFlow.js' types once a package.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";
import { outputOf, root } from "./paths.mjs";

const config = join(root, "tsconfig.build.json");
const compilerOutput = join(root, "dist");

/** Where a file goes that the compiler would write to `dist/<path from the root>`. */
function placeOf(file) {
  const path = relative(compilerOutput, file);
  return path.startsWith(`src${sep}`) ? outputOf(join(root, path)) : file;
}

/** A source map names its source by a path from where it lies. */
function withSource(text, from, to) {
  const map = JSON.parse(text);
  map.sources = map.sources.map((source) => relative(dirname(to), join(dirname(from), source)).replaceAll("\\", "/"));
  return JSON.stringify(map);
}

function write(file, text) {
  // The compiler writes what it has read of a package beside ours: a package without its code would hide the whole one.
  if (file.includes(`${sep}node_modules${sep}`)) return;
  const place = placeOf(file);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, file.endsWith(".js.map") && place !== file ? withSource(text, file, place) : text);
}

const format = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => "\n" };

function compile() {
  const parsed = ts.getParsedCommandLineOfConfigFile(
    config,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  );
  const program = ts.createIncrementalProgram({ rootNames: parsed.fileNames, options: parsed.options });
  const found = [
    ...parsed.errors,
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getSyntacticDiagnostics(),
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...program.getSemanticDiagnostics(),
  ];
  if (found.length === 0) found.push(...program.emit(undefined, write).diagnostics);
  process.stdout.write(ts.formatDiagnostics(found, format));
  return found.some(({ category }) => category === ts.DiagnosticCategory.Error) ? 1 : 0;
}

function fail(diagnostic) {
  process.stdout.write(ts.formatDiagnostic(diagnostic, format));
  process.exit(1);
}

const asksForHelp = process.argv.some((arg) => arg === "--help" || arg === "-h");
if (asksForHelp)
  console.log("Usage: node scripts/setup/compile.mjs\n\nCompiles all TypeScript; npm run build does so when needed.");
else process.exitCode = compile();
