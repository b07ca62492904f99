/** `dnn-lab-kernel`: installs, removes and examines the Jupyter kernel. */
import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import { environmentProgram } from "dnn-lab-core/environment-program";
import { findUpward } from "dnn-lab-core/files";
import { kernelDoctor, type DoctorOptions } from "../kernel-doctor";
import { installKernel, KERNEL_NAME, specFolder, uninstallKernel, type InstallOptions } from "../install";
import { placeTranslator, removeTranslator } from "../papermill";
import { parseKernelOptions, usage, type KernelOptions } from "./kernel-options";

function install(where: InstallOptions): number {
  console.log(`The kernel '${where.name ?? KERNEL_NAME}' is installed in ${installKernel(where)}`);
  const translator = placeTranslator(where);
  if (translator !== undefined) console.log(translator);
  if (__dirname.split(sep).includes("_npx"))
    console.log(
      "It runs from npx's cache, which npm may clear: `npm install --global dnn-lab-kernel`, then install again, to keep it.",
    );
  return 0;
}

function uninstall(where: InstallOptions): number {
  const removed = uninstallKernel(where);
  if (removed === undefined) console.error(`kernel uninstall: there is no kernel in ${specFolder(where)}`);
  else console.log(`Removed ${removed}`);
  removeTranslator(where);
  return removed === undefined ? 1 : 0;
}

async function doctor(options: DoctorOptions): Promise<number> {
  const findings = await kernelDoctor(options);
  for (const { what, ok, detail } of findings) console.log(`${ok ? "✓" : "✗"} ${what}: ${detail}`);
  const faults = findings.filter(({ ok }) => !ok).length;
  console.log(
    faults === 0 ? "A front end can start the kernel." : `${faults} ${faults === 1 ? "fault" : "faults"} (✗).`,
  );
  return faults === 0 ? 0 : 1;
}

/** What the doctor looks at: the place that was named, else the user's, else the environment of the clone we run in. */
function examined({ where, placed }: KernelOptions): DoctorOptions {
  if (placed || existsSync(specFolder(where))) return where;
  const root = findUpward(__dirname, ".venv");
  const own = root && { ...where, prefix: join(root, ".venv") };
  return own && existsSync(specFolder(own)) ? { ...own, jupyter: environmentProgram(own.prefix, "jupyter") } : where;
}

async function main(args: readonly string[]): Promise<number> {
  let options: KernelOptions;
  try {
    options = parseKernelOptions(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  const { command, where } = options;
  try {
    if (command === "install") return install(where);
    if (command === "uninstall") return uninstall(where);
    if (command === "doctor") return await doctor(examined(options));
    console.log(usage);
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
