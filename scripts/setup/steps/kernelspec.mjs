/**
 * The kernelspecs inside the virtual environment, so that JupyterLab, nbconvert and VS Code find the kernels: `tslab` is
 * the project's own, as its notebooks ask for that name; `tslab-stock` is the tslab from npm, to compare with.
 */
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { kernelsFolder, modulesFolder, nodePackageVersion, packagesFolder, venvFolder } from "../paths.mjs";
import { hashOf, hashOfFiles, readJson, writeWhole } from "../stamps.mjs";

/** What knows how our own is written: it is compiled, so there only after the build. */
const compiled = (name) => join(packagesFolder, "kernel", "dist", `${name}.js`);
const installer = compiled("install");
const load = createRequire(import.meta.url);
const loadInstaller = () => load(installer);

const translatorFiles = ["dnn_lab_papermill.py", "place.py", "pyproject.toml"].map((name) =>
  join(packagesFolder, "kernel", "papermill", name),
);

const fileOf = (name) => join(kernelsFolder, name, "kernel.json");

/** Absolute paths: a kernel is started from any folder, by a Jupyter that has no `node` in its PATH. */
function stockSpec() {
  const tslab = join(modulesFolder, "tslab", "bin", "tslab");
  return {
    argv: [process.execPath, tslab, "kernel", "--config-path", "{connection_file}"],
    display_name: "TypeScript (stock tslab)",
    language: "typescript",
  };
}

function wanted() {
  return { tslab: loadInstaller().kernelSpec(), "tslab-stock": stockSpec() };
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export const kernelspecStep = {
  id: "kernelspec",
  title: "Jupyter kernels tslab and tslab-stock",
  key: () =>
    hashOf(
      hashOfFiles([installer, join(dirname(installer), "logo.js"), ...translatorFiles]),
      JSON.stringify(stockSpec()),
    ),
  intact() {
    try {
      return Object.entries(wanted()).every(([name, spec]) => same(readJson(fileOf(name)), spec));
    } catch {
      return false; // Nothing is built yet.
    }
  },
  async run() {
    loadInstaller().installKernel({ prefix: venvFolder });
    load(compiled("papermill")).placeTranslator({ prefix: venvFolder });
    mkdirSync(join(kernelsFolder, "tslab-stock"), { recursive: true });
    writeWhole(fileOf("tslab-stock"), `${JSON.stringify(stockSpec(), null, 1)}\n`);
    return { note: `registered in .venv, stock tslab ${nodePackageVersion("tslab")} beside it` };
  },
};
