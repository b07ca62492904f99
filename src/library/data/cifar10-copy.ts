/** The local JPEG copy of CIFAR-10, unpacked by the Python script that lies beside it. */
import { findUpward, writeAtomically } from "dnn-lab-core/files";
import { hashOf } from "dnn-lab-core/hash";
import { interruptRequested, checkInterrupt } from "dnn-lab-core/interrupt";
import { startProgress } from "dnn-lab-core/progress";
import {
  dirname,
  execFile,
  existsSync,
  join,
  promisify,
  readdirSync,
  readFileSync,
  spawn,
  statSync,
  process,
} from "../platform";
import { informOnce } from "./notice";
import { Absent } from "./source-chain";

export const COPY_NAME = "cifar-10-jpeg75.tar.xz";
const COPY_MD5 = "893ab33a44afec006c14d22626e5a685";
const UNPACKED_MEGABYTES = 184;

/**
 * The folder in `cache` into which the copy has been unpacked (done when it is first needed, in some ten seconds).
 * `Absent`, with what to do, where there is no Python with Pillow or no script. Throws when the copy is damaged.
 */
export async function unpackCopy(archive: string, cache: string): Promise<string | Absent> {
  const target = join(cache, "jpeg75");
  if (existsSync(target)) return target;
  checkArchive(archive);
  const script = join(dirname(archive), "unpack.py");
  const byHand = `python3 ${script} ${dirname(archive)}`;
  if (!existsSync(script)) return new Absent(`${archive} is there, but unpack.py beside it is not`);
  const python = await pythonWithPillow();
  if (!python) {
    return new Absent(
      `${archive} cannot be unpacked: no Python with Pillow was found. Install it (python3 -m pip install pillow), or ` +
        `unpack the copy where you have it: ${byHand}`,
    );
  }
  informOnce("Unpacking the JPEG copy of CIFAR-10 into the cache, once.");
  try {
    await writeAtomically(target, (temporary) => runScript(python, script, temporary));
  } catch (error) {
    // Another process may have been faster; a folder cannot be renamed onto a filled one.
    if (!existsSync(target)) throw error;
  }
  return target;
}

function checkArchive(archive: string): void {
  const found = hashOf("md5", readFileSync(archive));
  if (found === COPY_MD5) return;
  throw new Error(
    `${archive}: expected the copy with MD5 ${COPY_MD5}, found MD5 ${found}: it is damaged or another one.`,
  );
}

/** The project's own Python, else the user's; the first that has Pillow. */
async function pythonWithPillow(): Promise<string | undefined> {
  const own = findUpward(__dirname, ".venv");
  const windows = process.platform === "win32";
  const venv = own && join(own, ".venv", ...(windows ? ["Scripts", "python.exe"] : ["bin", "python"]));
  for (const python of [venv, "python3", "python"]) {
    if (python && (await canImport(python))) return python;
  }
  return undefined;
}

async function canImport(python: string): Promise<boolean> {
  try {
    await promisify(execFile)(python, ["-c", "import lzma, PIL.Image"], { timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}

async function runScript(python: string, script: string, target: string): Promise<void> {
  const progress = startProgress({ title: "Unpacking CIFAR-10", total: UNPACKED_MEGABYTES, unit: "MB" });
  const child = spawn(python, [script, target], { stdio: ["ignore", "ignore", "pipe"] });
  let report = "";
  child.stderr.on("data", (chunk) => (report += String(chunk)));
  const timer = setInterval(() => {
    progress.update(writtenMegabytes(target));
    if (interruptRequested()) child.kill();
  }, 250);
  try {
    const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
    checkInterrupt("Unpacking");
    if (code !== 0) throw new Error(`${script} failed (${code}): ${report.trim().split("\n").pop()}`);
  } finally {
    clearInterval(timer);
    progress.finish();
  }
}

function writtenMegabytes(folder: string): number {
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1e6;
}
