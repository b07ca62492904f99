/** TypeScript → `dist/`, when a source has changed; what no longer has a source is removed. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { collect } from "../command.mjs";
import { distFolder, modulesFolder, nodePackageVersion, root } from "../paths.mjs";
import { SetupProblem, lastLines } from "../problem.mjs";
import { filesBelow, hashOf, hashOfFiles } from "../stamps.mjs";

const folders = ["src", "scripts", "case-studies"];
const isTypeScript = (file) => /\.ts$/.test(file) && !file.endsWith(".d.ts");
/** Files that the library reads at run time and that the compiler does not write. */
const isAsset = (file) => file.startsWith(join(root, "src")) && !/\.(ts|mts|cts|md|tmp)$/.test(file);

function sources() {
  return folders.flatMap((folder) => filesBelow(join(root, folder), (file) => isTypeScript(file) || isAsset(file)));
}

const outputOf = (source) => join(distFolder, relative(root, source));
const javaScriptOf = (source) => outputOf(source).replace(/\.ts$/, ".js");

/** Files in `dist/` whose source is gone. */
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

async function compile() {
  const compiler = join(modulesFolder, "typescript", "bin", "tsc");
  const args = [
    compiler,
    "-p",
    join(root, "tsconfig.build.json"),
    "--incremental",
    "--tsBuildInfoFile",
    join(distFolder, ".tsbuildinfo"),
    "--noEmitOnError",
    "--pretty",
    "false",
  ];
  const { code, output } = await collect(process.execPath, args, { cwd: root });
  if (code === 0) return;
  const errors = output.split("\n").filter((line) => /error TS\d+/.test(line));
  throw new SetupProblem(
    "the TypeScript sources do not compile",
    errors.length
      ? `${errors.slice(0, 10).join("\n")}${errors.length > 10 ? `\n… and ${errors.length - 10} more` : ""}`
      : lastLines(output),
    "Mend the errors; `npx tsc` of the project is node_modules/typescript/bin/tsc.",
  );
}

export const build = {
  id: "build",
  title: "TypeScript build",
  key: () =>
    hashOf(
      hashOfFiles([...sources(), join(root, "tsconfig.json"), join(root, "tsconfig.build.json")]),
      nodePackageVersion("typescript"),
    ),
  intact: () =>
    sources()
      .filter(isTypeScript)
      .every((source) => existsSync(javaScriptOf(source))),
  async run() {
    const all = sources();
    // The compiler trusts its record of what it wrote: start anew when something of that is gone.
    if (!all.filter(isTypeScript).some((source) => existsSync(javaScriptOf(source))))
      rmSync(distFolder, { recursive: true, force: true });
    await compile();
    if (!build.intact()) {
      rmSync(distFolder, { recursive: true, force: true });
      await compile();
    }
    for (const asset of all.filter(isAsset)) {
      mkdirSync(dirname(outputOf(asset)), { recursive: true });
      copyFileSync(asset, outputOf(asset));
    }
    const stale = staleOutputs(filesBelow(distFolder), all);
    stale.forEach((file) => rmSync(file, { force: true }));
    return { note: `${all.length} sources${stale.length ? `, ${stale.length} stale files removed` : ""}` };
  },
};
