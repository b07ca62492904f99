/** What made a result: code, versions, engine, machine. */
import { commitOf } from "dnn-lab-core/commit";
import { findUpward } from "dnn-lab-core/files";
import { readPackageFile } from "dnn-lab-core/package-file";
import { arch, cpus, existsSync, join, platform, release, totalmem, process, requireModule } from "../platform";
import { engineReport } from "../engine/engine";
import type { RunRecord } from "./record-shape";

/** Packages whose versions can change a result or its picture. */
const packages = [
  "@tensorflow/tfjs",
  "@tensorflow/tfjs-node-gpu",
  "danfojs-node",
  "plotly.js-dist-min",
  "tslab",
  "typescript",
];

/** The part of a record that the notebook need not know: `startRecord(folder, { ...provenance(), seed: 42 })`. */
export function provenance(): Pick<RunRecord, "project" | "commit" | "dirty" | "versions" | "engine" | "machine"> {
  const root = findUpward(__dirname, "package.json") ?? process.cwd();
  const own = readPackageFile(root);
  const engine = engineReport();
  return {
    project: own.name,
    ...commitOf(root),
    versions: {
      [own.name]: own.version,
      node: process.versions.node,
      ...(engine.tensorflow ? { tensorflow: engine.tensorflow } : {}),
      ...Object.fromEntries(packages.flatMap((name) => versionOf(name))),
    },
    engine,
    machine: machine(),
  };
}

function machine(): RunRecord["machine"] {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() || "unknown",
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()} ${arch()}`,
  };
}

function versionOf(name: string): [string, string][] {
  const folder = requireModule.resolve.paths(name)?.find((base) => existsSync(join(base, name, "package.json")));
  return folder ? [[name, readPackageFile(join(folder, name)).version]] : [];
}
