/** The clone's native library: tfjs-node's binding in `node_modules`, linked to the TensorFlow in `.venv`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  bindingOf,
  bindingSources,
  libraryNames,
  linkBinding,
  nativeIsPossible,
  quietLoadOf,
  quietLoadSource,
} from "../../../src/library/setup/binding.mjs";
import { bindingPackage, cacheFolder, modulesFolder, sitePackages, venvPython } from "../paths.mjs";
import { hashOf, hashOfFiles } from "../stamps.mjs";
import { tensorflowVersion } from "./python-packages.mjs";

const tensorflowFolder = () => join(sitePackages() ?? "", "tensorflow");

/** Whether the engine that was asked for needs the native library. */
export function nativeIsWanted() {
  return nativeIsPossible() && !["wasm", "cpu"].includes(process.env.DNN_LAB_ENGINE ?? "");
}

export const nativeLibrary = {
  id: "native-library",
  title: "native TensorFlow library for tfjs-node",
  key: () =>
    hashOf(
      hashOfFiles([...bindingSources(bindingPackage), quietLoadSource]),
      tensorflowVersion(),
      tensorflowFolder(),
      process.arch,
    ),
  intact: () =>
    existsSync(bindingOf(bindingPackage)) &&
    existsSync(quietLoadOf(bindingPackage)) &&
    libraryNames().every((name) => existsSync(join(tensorflowFolder(), name))),
  async run({ detail }) {
    const compiler = await linkBinding({
      bindingPackage,
      headers: join(modulesFolder, "node-api-headers", "include"),
      tensorflow: tensorflowFolder(),
      python: venvPython,
      cache: cacheFolder,
      detail,
      remedy: "Delete the folder .venv and run the command again.",
    });
    return { note: `TensorFlow ${tensorflowVersion()}, compiled with ${compiler}` };
  },
};
