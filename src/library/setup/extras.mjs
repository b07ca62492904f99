/**
 * npm packages in a folder of ours, `.dnn-lab` in the user's project: installed without their scripts, and without a second copy of
 * TensorFlow.js, which would be another engine with other tensors.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { collect } from "./command.mjs";
import { findNpm, npmEnvironment, withoutFetches } from "./npm.mjs";
import { SetupProblem, problemFromOutput } from "./problem.mjs";

const require = createRequire(import.meta.url);

function readManifest(folder) {
  const file = join(folder, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { private: true, dependencies: {}, overrides: {} };
}

/** Adds packages (name → version) to the folder, beside those of earlier calls. */
export async function installPackages(folder, { packages, overrides = {} }, detail) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, ".gitignore"), "*\n");
  const before = readManifest(folder);
  const manifest = {
    ...before,
    dependencies: { ...before.dependencies, ...packages },
    overrides: { ...before.overrides, ...overrides },
  };
  const npm = findNpm();
  if (!npm)
    throw new SetupProblem(
      "npm was not found",
      "neither in PATH nor beside this Node",
      "Install npm (it comes with Node).",
    );
  removeLinks(folder);
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  let fetched = 0;
  const onLine = (line) => {
    if (/http (fetch GET|cache) .*\.tgz/.test(line)) detail(`${++fetched} packages`);
  };
  // Not by `--prefix`: npm would then pass over the machine's settings (certificates, registry), which lie below its own prefix.
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=http"];
  const { code, output } = await collect(npm.command, [...npm.args, "install", ...options], {
    cwd: folder,
    env: npmEnvironment(),
    onLine,
  });
  if (code !== 0) {
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(before, null, 2)}\n`);
    const names = Object.keys(packages).join(", ");
    throw problemFromOutput(
      `${names} could not be installed`,
      withoutFetches(output),
      `Delete ${folder} and run the command again.`,
    );
  }
  shareTensorFlow(folder);
}

/** npm must not write through links into the project's own packages. */
function removeLinks(folder) {
  const scope = join(folder, "node_modules", "@tensorflow");
  for (const name of existsSync(scope) ? readdirSync(scope) : [])
    if (isShared(name)) rmSync(join(scope, name), { recursive: true, force: true });
}

const isShared = (name) => name.startsWith("tfjs") && name !== "tfjs-node-gpu";

/** Replaces the copies of TensorFlow.js' packages by links to those that the library uses. */
function shareTensorFlow(folder) {
  const scope = join(folder, "node_modules", "@tensorflow");
  for (const name of existsSync(scope) ? readdirSync(scope).filter(isShared) : []) {
    rmSync(join(scope, name), { recursive: true, force: true });
    const own = ownPackage(`@tensorflow/${name === "tfjs-node" ? "tfjs" : name}`);
    if (own) symlinkSync(own, join(scope, name), "junction");
  }
}

/** Folder of a package as the library, or TensorFlow.js beside it, sees it. */
function ownPackage(name) {
  const union = dirname(require.resolve("@tensorflow/tfjs/package.json"));
  try {
    return dirname(require.resolve(`${name}/package.json`, { paths: [dirname(import.meta.dirname), union] }));
  } catch {
    return undefined;
  }
}
