import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { KernelClient } from "./client";
import { kernelSpec, KERNEL_NAME, readSpec, specFolder, userData, type InstallOptions } from "./install";

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** What was found and, when something is wrong, how to repair it. */
  readonly detail: string;
}

/** What to examine. */
export interface DoctorOptions extends InstallOptions {
  /** The `jupyter` to ask which kernels it finds; default the one on the `PATH`. */
  readonly jupyter?: string;
}

const OLDEST_NODE = [20, 19] as const;

/** Says why a front end can or cannot start the kernel: looks at Node, the packages and the kernelspec, and starts one. */
export async function kernelDoctor(options: DoctorOptions = {}): Promise<readonly Finding[]> {
  const findings = [
    nodeFinding(),
    packageFinding("typescript"),
    packageFinding("zeromq"),
    ...specFindings(options),
    pathFinding(options),
  ];
  findings.push(await startFinding());
  return findings;
}

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const advice = ok ? "" : `; the kernel needs ${OLDEST_NODE.join(".")} or newer`;
  return { what: "Node.js", ok, detail: `${process.versions.node} at ${process.execPath}${advice}` };
}

function packageFinding(name: string): Finding {
  try {
    require(name);
    return { what: name, ok: true, detail: require.resolve(name) };
  } catch (error) {
    return { what: name, ok: false, detail: `${(error as Error).message.split("\n")[0]}; run npm ci in the project` };
  }
}

function specFindings(options: DoctorOptions): Finding[] {
  const name = options.name ?? KERNEL_NAME;
  const folder = specFolder(options);
  const spec = readSpec(folder);
  if (spec === undefined) {
    const lost = existsSync(join(folder, "kernel.json"));
    return [
      {
        what: "kernelspec",
        ok: false,
        detail: `${folder} ${lost ? "has a kernel.json that cannot be read" : "does not exist"}; run npx dnn-lab-kernel install`,
      },
    ];
  }
  const wanted = kernelSpec(options).argv;
  const own = spec.argv.at(-2) === wanted.at(-2);
  const found: Finding = {
    what: "kernelspec",
    ok: own,
    detail: own
      ? `${name} in ${folder}`
      : `${folder} starts ${spec.argv.join(" ")}, not this installation; run npx dnn-lab-kernel install again`,
  };
  return [found, executable(spec.argv[0] as string)];
}

function executable(program: string): Finding {
  try {
    accessSync(program, constants.X_OK);
    return { what: "program of the kernelspec", ok: true, detail: program };
  } catch {
    return {
      what: "program of the kernelspec",
      ok: false,
      detail: `${program} cannot be run: was Node updated or removed? Run npx dnn-lab-kernel install again`,
    };
  }
}

/** Which kernelspec Jupyter itself finds under the name: an earlier folder may hide ours. */
function pathFinding({ jupyter = "jupyter", ...options }: DoctorOptions): Finding {
  const { status, stdout, error } = spawnSync(jupyter, ["kernelspec", "list", "--json"], { encoding: "utf8" });
  if (status !== 0) {
    const why = error === undefined ? "jupyter kernelspec list failed" : "there is no jupyter on the PATH";
    return { what: "jupyter", ok: true, detail: `${why}; front ends look in ${userData()}, among others` };
  }
  const specs = (JSON.parse(stdout) as { kernelspecs: Record<string, { resource_dir: string }> }).kernelspecs;
  const seen = specs[(options.name ?? KERNEL_NAME).toLowerCase()]?.resource_dir;
  const folder = specFolder(options);
  const ok = seen !== undefined && existsSync(folder) && realpathSync(seen) === realpathSync(folder);
  const fault =
    seen === undefined ? `does not look in ${folder}` : `takes ${seen} under that name, which hides ${folder}`;
  return { what: "jupyter", ok, detail: ok ? `finds ${seen}` : fault };
}

/** Starts the kernel as a front end does and asks for its info. */
async function startFinding(): Promise<Finding> {
  const start = performance.now();
  const client = await KernelClient.start(kernelSpec().argv);
  try {
    const { content } = await client.request("kernel_info_request");
    return {
      what: "start",
      ok: true,
      detail: `${String(content["banner"])}, in ${Math.round(performance.now() - start)} ms`,
    };
  } catch (error) {
    return { what: "start", ok: false, detail: (error as Error).message };
  } finally {
    client.stop();
  }
}
