/** The sandbox: bubblewrap's namespaces, limits of the system, and a watch from outside. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { cacheFolder, dataFolder } from "dnn-lab-core/folders";
import type { Limits } from "../assignment/assignment";
import { threadGroup } from "./cgroup";
import { writeFilesBelow, type Containment, type Room, type RoomOptions } from "./containment";
import { environmentFolder, installedFolders, packagesFolder } from "./installation";
import { findBubblewrap, findProgram } from "./programs";
import { watchSandbox } from "./watch";

const HOME = "/home/student";
/** Threads of Node, of TensorFlow and of the kernel itself, beside those of the processes that a student may start. */
const OWN_THREADS = 200;

/** Of the system's configuration only what programs need to be loaded. */
const etc = ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime"];

const modelsFolder = (): string | undefined =>
  process.env.DNN_LAB_MODELS ? resolve(process.env.DNN_LAB_MODELS) : undefined;

const readOnly = (path: string): string[] => (existsSync(path) ? ["--ro-bind", path, path] : []);

/** `/bin` and the like: links on today's systems, folders on old ones. */
function systemFolders(): string[] {
  const links = ["/bin", "/sbin", "/lib", "/lib64", "/lib32"].filter((path) => existsSync(path));
  const each = links.flatMap((path) =>
    lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : readOnly(path),
  );
  return [...readOnly("/usr"), ...each];
}

function environment(limits: Limits): Record<string, string> {
  const passed = ["DNN_LAB_ENGINE", "DNN_LAB_SOURCE", "DNN_LAB_QUICK", "LANG", "TZ"];
  const data = { DNN_LAB_DATA: dataFolder(), DNN_LAB_MODELS: modelsFolder(), DNN_LAB_CACHE: cacheFolder() };
  const heap = Math.floor(limits.memoryMB * 0.8);
  return {
    ...Object.fromEntries(passed.flatMap((name) => (process.env[name] ? [[name, process.env[name]!]] : []))),
    ...Object.fromEntries(Object.entries(data).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    ...{ PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME, USER: "student", TMPDIR: "/tmp" },
    ...{ DNN_LAB_HISTORY: "off", NODE_OPTIONS: `--max-old-space-size=${heap}`, TF_CPP_MIN_LOG_LEVEL: "2" },
  };
}

/** The whole command, up to the kernel's own. `folder` holds `run` (sockets, writable) and `files` (of the submission). */
export function sandboxCommand(bwrap: string, folder: string, limits: Limits, members?: string): string[] {
  const megabytes = (value: number) => String(Math.round(value * 1e6));
  const run = join(folder, "run");
  const data = [dataFolder(), modelsFolder(), cacheFolder()].flatMap((path) => (path ? readOnly(path) : []));
  // Programs may lie outside of the system's folders: Node's, and Python's, which unpacks a copy of CIFAR-10.
  const venv = environmentFolder();
  const python = venv && join(venv, "bin", "python");
  const programs = [process.execPath, ...(python && existsSync(python) ? [realpathSync(python)] : [])].map((path) =>
    dirname(dirname(path)),
  );
  const joining = members === undefined ? [] : ["sh", "-c", `echo $$ > '${members}' && exec "$@"`, "sh"];
  return [
    // The sandbox's first process is bubblewrap itself, and shows its own environment in /proc.
    ...["/usr/bin/env", "-i", `PATH=${process.env.PATH}`],
    ...joining,
    ...[
      findProgram("prlimit")!,
      "--core=0",
      `--fsize=${megabytes(limits.fileMB)}`,
      `--data=${megabytes(limits.memoryMB)}`,
    ],
    ...[`--cpu=${Math.ceil(limits.notebookSeconds * 4)}`, "--nofile=1024", "--"],
    ...[bwrap, "--unshare-user", "--unshare-all", "--disable-userns", "--die-with-parent", "--new-session"],
    ...["--cap-drop", "ALL", "--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--clearenv"],
    ...systemFolders(),
    ...etc.flatMap((name) => readOnly(join("/etc", name))),
    ...["--ro-bind", join(folder, "passwd"), "/etc/passwd"],
    ...["--proc", "/proc", "--dev", "/dev"],
    ...["--size", megabytes(limits.fileMB * 2), "--tmpfs", "/tmp"],
    ...["--size", megabytes(limits.fileMB * 2), "--tmpfs", HOME],
    ...programs.filter((path) => !/^\/usr(\/|$)/.test(path) && path !== "/").flatMap(readOnly),
    ...data,
    ...installedFolders().flatMap(readOnly),
    ...["--symlink", packagesFolder(), join(HOME, "node_modules")],
    ...["--bind", run, run, "--ro-bind", join(folder, "files"), "/submission"],
    ...Object.entries(environment(limits)).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--chdir", HOME, "--", "/bin/sh", "-c", 'cp -r /submission/. . && exec "$@"', "sh"],
  ];
}

function open(bwrap: string, { limits, files }: RoomOptions): Room {
  const folder = mkdtempSync(join(tmpdir(), "dnn-box-"));
  const run = join(folder, "run");
  mkdirSync(run);
  mkdirSync(join(folder, "files"));
  writeFilesBelow(join(folder, "files"), files);
  writeFileSync(join(folder, "passwd"), `student:x:1000:1000::${HOME}:/bin/sh\n`);
  const group = threadGroup(folder.split("/").at(-1)!, limits.processes + OWN_THREADS);
  const watch = watchSandbox(run, limits);
  return {
    job: { cwd: folder, sandbox: { command: sandboxCommand(bwrap, folder, limits, group?.members), folder: run } },
    ended: () => watch.reason,
    async close() {
      await watch.stop();
      group?.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const whatIsNotContained =
  "Without it a submission runs with your rights: it can read your files and other submissions, use the network, fill the " +
  "disk, and leave processes behind; only time and output are limited.";

/**
 * The sandbox of this machine.
 * @throws Error that says what is missing, what that means and how to go on
 */
export function bubblewrap(): Containment {
  const [bwrap, prlimit] = [findBubblewrap(), findProgram("prlimit")];
  const fail = (why: string): never => {
    throw new Error(
      `There is no sandbox: ${why}. ${whatIsNotContained} Install bubblewrap (apt install bubblewrap, or npm run setup ` +
        "in a clone), or grade only what you trust with --no-sandbox.",
    );
  };
  if (process.platform !== "linux") fail(`bubblewrap works on Linux only, this is ${process.platform}`);
  if (bwrap === undefined || prlimit === undefined) fail(`${bwrap === undefined ? "bwrap" : "prlimit"} was not found`);
  try {
    const trial = ["--unshare-user", "--unshare-all", "--disable-userns", ...systemFolders(), "/bin/sh", "-c", ":"];
    execFileSync(bwrap!, trial, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    fail(`bubblewrap does not work here (${String((error as { stderr?: Buffer }).stderr ?? error).trim()})`);
  }
  return { kind: "bubblewrap", open: (options) => Promise.resolve(open(bwrap!, options)) };
}
