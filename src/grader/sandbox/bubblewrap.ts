/** The sandbox: bubblewrap's namespaces, limits of the system, and a watch from outside. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
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
import { basename, dirname, join, resolve } from "node:path";
import { environmentProgram } from "dnn-lab-core/environment-program";
import { cacheFolder, dataFolder } from "dnn-lab-core/folders";
import { runnerFile } from "dnn-lab-notebooks";
import type { Limits } from "../assignment/assignment";
import { type ControlGroup, controlGroup } from "./cgroup";
import { environmentFolder, installedFolders, packagesFolder } from "./installation";
import { closedCalls } from "./closed-calls";
import { type Containment, type Room, type RoomOptions, writeFilesBelow } from "./containment";
import { type Identity, identityFor } from "./identity";
import { findBubblewrap, findProgram } from "./programs";
import { watchSandbox } from "./sandbox-watch";

const HOME = "/home/student";
/** The file of closed system calls in a sandbox's folder, and the number under which bubblewrap is given it. */
const FILTER = "closed-calls";
const FILTER_NUMBER = 9;
/** Threads of Node, of TensorFlow and of the kernel itself, beside those of the processes that a student may start. */
const OWN_THREADS = 200;

const readOnly = (path: string): string[] => (existsSync(path) ? ["--ro-bind", path, path] : []);

/** Of the system's configuration only what programs need to be loaded. */
const etc = ["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime"];

/** `bubblewrap` leaves some of the system's settings as they are, and root may write them. */
const closed = ["/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs", "/proc/acpi", "/proc/scsi"];
const kernelFolders = ["--proc", "/proc", ...closed.flatMap((path) => readOnly(path)), "--dev", "/dev"];

const modelsFolder = (): string | undefined =>
  process.env.DNN_LAB_MODELS ? resolve(process.env.DNN_LAB_MODELS) : undefined;

/** `/bin` and the like: links on today's systems, folders on old ones. */
function systemFolders(): string[] {
  const links = ["/bin", "/sbin", "/lib", "/lib64", "/lib32"].filter((path) => existsSync(path));
  const each = links.flatMap((path) =>
    lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : readOnly(path),
  );
  return [...readOnly("/usr"), ...each];
}

/** Programs may lie outside of the system's folders: Node's, and Python's, which unpacks a copy of CIFAR-10. */
function programFolders(): string[] {
  const venv = environmentFolder();
  const python = venv && environmentProgram(venv, "python");
  const programs = [process.execPath, ...(python && existsSync(python) ? [realpathSync(python)] : [])];
  const folders = programs.map((path) => dirname(dirname(path)));
  return folders.filter((path) => !/^\/usr(\/|$)/.test(path) && path !== "/").flatMap(readOnly);
}

/** What the kernel and the notebooks need of the project and of the data. */
function ownFolders(): string[] {
  const data = [dataFolder(), modelsFolder(), cacheFolder()].flatMap((path) => (path ? readOnly(path) : []));
  return [...data, ...[...installedFolders(), runnerFile("")].flatMap(readOnly)];
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

const megabytes = (value: number): string => String(Math.round(value * 1e6));

/** bubblewrap's arguments, up to the kernel's own command. */
function boxArguments(folder: string, limits: Limits): string[] {
  return [
    ...["--unshare-user", "--unshare-all", "--disable-userns", "--die-with-parent", "--new-session"],
    ...["--cap-drop", "ALL", "--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--clearenv"],
    ...systemFolders(),
    ...etc.flatMap((name) => readOnly(join("/etc", name))),
    ...["--ro-bind", join(folder, "passwd"), "/etc/passwd"],
    ...kernelFolders,
    ...["--size", megabytes(limits.fileMB * 2), "--tmpfs", "/dev/shm"],
    ...["--size", megabytes(limits.fileMB * 2), "--tmpfs", "/tmp"],
    ...["--size", megabytes(limits.fileMB * 2), "--tmpfs", HOME],
    ...programFolders(),
    ...ownFolders(),
    ...["--symlink", packagesFolder(), join(HOME, "node_modules")],
    ...["--ro-bind", join(folder, "files"), "/submission"],
    // What bubblewrap itself has made lies in memory too, and has no limit of its own.
    ...["--remount-ro", "/dev", "--remount-ro", "/"],
    // By this the watch finds what runs here.
    ...["--setenv", "DNN_LAB_SANDBOX", basename(folder)],
    ...Object.entries(environment(limits)).flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--chdir", HOME, "--", "/bin/sh", "-c", 'cp -r /submission/. . && exec "$@"', "sh"],
  ];
}

/** The whole command, up to the kernel's own. `folder` holds the submission's `files`; nothing of it can be written. */
export function sandboxCommand(
  { start }: Pick<Identity, "start">,
  folder: string,
  limits: Limits,
  members: readonly string[] = [],
): string[] {
  const entering = members.map((file) => `echo $$ > '${file}' && `).join("");
  const joining = members.length === 0 ? [] : ["sh", "-c", `${entering}exec "$@"`, "sh"];
  const filter = join(folder, FILTER);
  const [opening, filtering] = existsSync(filter)
    ? [
        ["sh", "-c", `exec ${FILTER_NUMBER}<"$0" && exec "$@"`, filter],
        ["--seccomp", String(FILTER_NUMBER)],
      ]
    : [[], []];
  return [
    // The sandbox's first process is bubblewrap itself, and shows its own environment in /proc.
    ...["/usr/bin/env", "-i", `PATH=${process.env.PATH}`],
    ...joining,
    ...opening,
    ...[
      findProgram("prlimit")!,
      "--core=0",
      `--fsize=${megabytes(limits.fileMB)}`,
      `--data=${megabytes(limits.memoryMB)}`,
    ],
    ...[`--cpu=${Math.ceil(limits.notebookSeconds * 4)}`, "--nofile=1024", "--"],
    ...start([...filtering, ...boxArguments(folder, limits)]),
  ];
}

/** Beyond what the watch looks at, and so tells with a reason. */
const groupBytes = ({ memoryMB, fileMB }: Limits): number => 1.1 * memoryMB * 1e6 + 6 * fileMB * 1e6 + 2e8;

function why(group: ControlGroup | undefined, { memoryMB }: Limits): string | undefined {
  return group?.ranOut() ? `it used more than ${memoryMB} MB of memory` : undefined;
}

function open(identity: Identity, { limits, files }: RoomOptions): Room {
  const folder = mkdtempSync(join(tmpdir(), "dnn-box-"));
  const run = join(folder, "run");
  mkdirSync(run, { mode: 0o700 });
  const usual = process.umask(0o022);
  try {
    mkdirSync(join(folder, "files"));
    writeFilesBelow(join(folder, "files"), files);
    writeFileSync(join(folder, "passwd"), `student:x:1000:1000::${HOME}:/bin/sh\n`);
    const filter = closedCalls();
    if (filter) writeFileSync(join(folder, FILTER), filter);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    process.umask(usual);
  }
  // Whoever the sandbox runs as reads what was handed in, through folders whose names nobody can guess.
  if (identity.isNobody) for (const path of [dirname(folder), folder]) letThrough(path);
  const bounds = { threads: limits.processes + OWN_THREADS, memoryBytes: groupBytes(limits) };
  const group = controlGroup(folder.split("/").at(-1)!, bounds);
  const watch = watchSandbox(basename(folder), limits);
  return {
    job: { cwd: folder, sandbox: { command: sandboxCommand(identity, folder, limits, group?.members), folder: run } },
    ended: () => watch.reason ?? why(group, limits),
    async close() {
      await watch.stop();
      group?.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Lets others pass through a temporary folder of ours, not look into it. */
function letThrough(path: string): void {
  if (resolve(path) !== resolve(tmpdir()) || basename(path).startsWith("dnn-")) chmodSync(path, 0o711);
}

export const whatIsNotContained =
  "Without it a submission runs with your rights: it can read your files and other submissions, use the network, fill the " +
  "disk, and leave processes behind; only time and output are limited.";

const asRoot =
  "The sandbox has root's number outside (without root's rights), as no other user could be given what it needs here: " +
  "grade as a user of its own, or install bubblewrap and util-linux (setpriv) for all users.";

/** Who the sandbox runs as: tried with all that a real one binds, of which a user without rights may not see everything. */
function tried(bwrap: string, trial: readonly string[]): Identity {
  const probe = mkdtempSync(join(tmpdir(), "dnn-box-"));
  try {
    for (const path of [tmpdir(), probe]) letThrough(path);
    const needed = [...programFolders(), ...ownFolders()];
    const places = needed.filter((_, i) => needed[i - 2] === "--ro-bind");
    const submission = ["--ro-bind", probe, "/submission"];
    const look = ["/bin/sh", "-c", 'for each; do test -r "$each" || exit 1; done; exec "$0" --version'];
    const seen = [...kernelFolders, ...needed, ...submission];
    return identityFor(bwrap, [...trial, ...seen, ...look, process.execPath, ...places]);
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

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
  const trial = ["--unshare-user", "--unshare-all", "--disable-userns", ...systemFolders()];
  try {
    execFileSync(bwrap!, [...trial, "/bin/sh", "-c", ":"], { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    fail(`bubblewrap does not work here (${String((error as { stderr?: Buffer }).stderr ?? error).trim()})`);
  }
  const identity = tried(bwrap!, trial);
  return {
    kind: "bubblewrap",
    ...(process.getuid?.() === 0 && !identity.isNobody ? { note: asRoot } : {}),
    open: (options) => Promise.resolve().then(() => open(identity, options)),
  };
}
