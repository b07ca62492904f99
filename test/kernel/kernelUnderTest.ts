/** Compiles the kernel's sources as they are now and registers the result with Jupyter, in a folder of its own. */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

export const root = join(__dirname, "..", "..");

/** Python with Jupyter's packages. */
export const python = process.env["DNN_LAB_PYTHON"] ?? join(root, ".venv", "bin", "python");

/**
 * The folder of the compiled kernel, `…/dnn-lab-kernel/dist`, with dnn-lab-core beside it as npm would install it; a build is made
 * once for each state of the sources.
 */
export function buildKernel(): string {
  const texts = ["core", "kernel"].flatMap(packageTexts);
  const hash = createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 16);
  // Inside node_modules, so that packages are found from there.
  const cache = join(root, "node_modules", ".cache", "dnn-lab-kernel");
  const folder = join(cache, hash);
  if (!existsSync(folder)) publish(cache, folder, texts);
  return join(folder, "node_modules", "dnn-lab-kernel", "dist");
}

/** Files of a package as they would be installed, by their path, with the sources of what is compiled. */
function packageTexts(name: string): (readonly [string, string])[] {
  const from = join(root, "src", name);
  const to = join("node_modules", `dnn-lab-${name}`);
  const built = typeScriptFiles(from).map((file) => [join(to, "dist", relative(from, file)), file] as const);
  const all = [...built, [join(to, "package.json"), join(from, "package.json")] as const];
  return all.map(([path, file]) => [path, readFileSync(file, "utf8")]);
}

function publish(cache: string, folder: string, texts: readonly (readonly [string, string])[]): void {
  mkdirSync(cache, { recursive: true });
  removeOldBuilds(cache);
  const made = mkdtempSync(join(cache, "tmp-"));
  for (const [name, text] of texts) {
    const file = join(made, name.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(file), { recursive: true });
    const compiled = name.endsWith(".ts");
    const output = compiled ? ts.transpileModule(text, { compilerOptions: OPTIONS, fileName: name }).outputText : text;
    writeFileSync(file, output);
    // What cells import has types.
    if (/[\\/]widgets[\\/]/.test(name))
      writeFileSync(
        file.replace(/\.js$/, ".d.ts"),
        ts.transpileDeclaration(text, { compilerOptions: OPTIONS, fileName: name }).outputText,
      );
  }
  try {
    renameSync(made, folder);
  } catch {
    // Another test process was faster.
    rmSync(made, { recursive: true, force: true });
  }
}

/** Builds of an hour ago are used by no test that still runs. */
function removeOldBuilds(cache: string): void {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name);
    if (statSync(folder).mtimeMs < Date.now() - 3_600_000) rmSync(folder, { recursive: true, force: true });
  }
}

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2022,
  esModuleInterop: true,
  inlineSourceMap: true,
};

function typeScriptFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts") && !name.startsWith("dist"))
    .map((name) => join(folder, name))
    .sort();
}

/** A Jupyter data folder with the kernel as `tslab`, for `JUPYTER_PATH`. Remove it after use. */
export function jupyterPath(): string {
  const { installKernel } = createRequire(__filename)(
    join(buildKernel(), "install.js"),
  ) as typeof import("../../src/kernel/install");
  const prefix = mkdtempSync(join(tmpdir(), "dnn-lab-jupyter-"));
  installKernel({ prefix });
  return join(prefix, "share", "jupyter");
}
