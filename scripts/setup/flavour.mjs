/** Which set of Python packages is wanted: `cpu` (default) or `gpu`; `npm run setup -- --gpu` or `--cpu` chooses. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { root, setupFolder } from "./paths.mjs";
import { readJson, writeWhole } from "./stamps.mjs";

const file = join(setupFolder, "flavour.json");

export function flavour() {
  return readJson(file)?.flavour === "gpu" ? "gpu" : "cpu";
}

export function chooseFlavour(name) {
  mkdirSync(setupFolder, { recursive: true });
  writeWhole(file, `${JSON.stringify({ flavour: name })}\n`);
}

export function requirementsFile() {
  return join(root, flavour() === "gpu" ? "requirements-gpu.txt" : "requirements.txt");
}
