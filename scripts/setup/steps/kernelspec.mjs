/** The kernelspec `tslab` inside the virtual environment, so that JupyterLab, nbconvert and VS Code find the kernel. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { kernelspecFolder, modulesFolder } from "../paths.mjs";
import { writeWhole } from "../stamps.mjs";

const file = join(kernelspecFolder, "kernel.json");

/** Absolute paths: a kernel is started from any folder, by a Jupyter that has no `node` in its PATH. */
export function kernelspec() {
  return {
    argv: [
      process.execPath,
      join(modulesFolder, "tslab", "bin", "tslab"),
      "kernel",
      "--config-path",
      "{connection_file}",
    ],
    display_name: "TypeScript",
    language: "typescript",
  };
}

function wanted() {
  return `${JSON.stringify(kernelspec(), null, 1)}\n`;
}

export const kernelspecStep = {
  id: "kernelspec",
  title: "Jupyter kernel tslab",
  key: () => wanted(),
  intact: () => existsSync(file) && readFileSync(file, "utf8") === wanted(),
  async run() {
    mkdirSync(kernelspecFolder, { recursive: true });
    writeWhole(file, wanted());
    return { note: "registered in .venv" };
  },
};
