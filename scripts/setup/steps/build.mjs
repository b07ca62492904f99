/** TypeScript → `dist/` of each package and of the project, when a source has changed; what no longer has a source is removed. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { collect } from "../../../src/library/setup/command.mjs";
import { distFolder, nodePackageVersion, outputOf, packageFolders, packagesFolder, root } from "../paths.mjs";
import { SetupProblem, lastLines } from "../../../src/library/setup/problem.mjs";
import { filesBelow, hashOf, hashOfFiles } from "../stamps.mjs";

const folders = ["src", "scripts", "case-studies"];
const compiler = join(root, "scripts", "setup", "compile.mjs");
const isOurs = (file) => !file.split(sep).some((part) => part === "dist" || part === "node_modules");
const isTypeScript = (file) => /\.ts$/.test(file) && !file.endsWith(".d.ts");
/** Files of a package's sources that it reads at run time and that the compiler does not write. */
const isAsset = (file) =>
  /^src[\\/][^\\/]+[\\/].*[\\/].*\.(json|mjs)$/.test(relative(root, file)) && !/[\\/]bin[\\/]/.test(file);

function sources() {
  return folders.flatMap((folder) =>
    filesBelow(join(root, folder), (file) => isOurs(relative(root, file)) && (isTypeScript(file) || isAsset(file))),
  );
}

const javaScriptOf = (source) => outputOf(source).replace(/\.ts$/, ".js");
const outputFolders = () => [distFolder, ...packageFolders.map((name) => join(packagesFolder, name, "dist"))];

/** Built files whose source is gone. */
export function staleOutputs(outputs, sources) {
  const known = new Set(
    sources.flatMap((source) => {
      const output = outputOf(source);
      const stem = output.replace(/\.ts$/, "");
      return [output, `${stem}.js`, `${stem}.js.map`, `${stem}.d.ts`];
    }),
  );
  return outputs.filter((output) => !known.has(output) && !output.endsWith(".tsbuildinfo"));
}

function removeOutputs() {
  for (const folder of outputFolders()) rmSync(folder, { recursive: true, force: true });
}

async function compile() {
  const { code, output } = await collect(process.execPath, [compiler], { cwd: root });
  if (code === 0) return;
  const errors = output.split("\n").filter((line) => /error TS\d+/.test(line));
  throw new SetupProblem(
    "the TypeScript sources do not compile",
    errors.length
      ? `${errors.slice(0, 10).join("\n")}${errors.length > 10 ? `\n… and ${errors.length - 10} more` : ""}`
      : lastLines(output),
    "Mend the errors; `npx tsc --noEmit` shows all of them.",
  );
}

export const build = {
  id: "build",
  title: "TypeScript build",
  key: () =>
    hashOf(
      hashOfFiles([...sources(), compiler, join(root, "tsconfig.json"), join(root, "tsconfig.build.json")]),
      nodePackageVersion("typescript"),
    ),
  intact: () =>
    sources()
      .filter(isTypeScript)
      .every((source) => existsSync(javaScriptOf(source))),
  async run() {
    const all = sources();
    // The compiler trusts its record of what it wrote: start anew when something of that is gone.
    if (!all.filter(isTypeScript).some((source) => existsSync(javaScriptOf(source)))) removeOutputs();
    await compile();
    if (!build.intact()) {
      removeOutputs();
      await compile();
    }
    for (const asset of all.filter(isAsset)) {
      mkdirSync(dirname(outputOf(asset)), { recursive: true });
      copyFileSync(asset, outputOf(asset));
    }
    const stale = staleOutputs(
      outputFolders().flatMap((folder) => filesBelow(folder)),
      all,
    );
    stale.forEach((file) => rmSync(file, { force: true }));
    return { note: `${all.length} sources${stale.length ? `, ${stale.length} stale files removed` : ""}` };
  },
};
