/** One set-up at a time: a lock file that names its owner; a lock whose owner is gone is taken over. */
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { setupFolder } from "./paths.mjs";

const HEARTBEAT_MS = 5_000;
/** After this long without a heartbeat an owner counts as gone, even if a process with its number is alive. */
const SILENT_MS = 600_000;
/** The same for an owner on another host, whose processes cannot be seen. */
const SILENT_ELSEWHERE_MS = 60_000;

function read(file) {
  try {
    return { ...JSON.parse(readFileSync(file, "utf8")), silentMs: Date.now() - statSync(file).mtimeMs };
  } catch {
    return undefined;
  }
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Whether the lock's owner is gone. */
export function isStale({ host, pid, silentMs }, self = hostname()) {
  if (host !== self) return silentMs > SILENT_ELSEWHERE_MS;
  return !alive(pid) || silentMs > SILENT_MS;
}

async function tryToTake(file, token) {
  try {
    writeFileSync(file, JSON.stringify({ token, pid: process.pid, host: hostname() }), { flag: "wx" });
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
  // Two waiters may both have judged an old lock stale, and the second may have removed ours: look again.
  await sleep(30);
  return read(file)?.token === token;
}

/** Waits for the lock, runs `work`, releases the lock. `onWait` is called once, with the owner that we wait for. */
export async function withLock(work, { onWait = () => {}, file = join(setupFolder, "lock"), pollMs = 300 } = {}) {
  mkdirSync(setupFolder, { recursive: true });
  const token = randomUUID();
  for (let told = false; !(await tryToTake(file, token)); await sleep(pollMs)) {
    const owner = read(file);
    // A lock that cannot be read is being written at this moment, or was left empty by a full disk.
    if (owner ? isStale(owner) : emptyForLong(file)) rmSync(file, { force: true });
    else if (owner && !told) {
      onWait(owner);
      told = true;
    }
  }
  const release = () => {
    if (read(file)?.token === token) rmSync(file, { force: true });
  };
  const heartbeat = setInterval(() => utimesSync(file, new Date(), new Date()), HEARTBEAT_MS);
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.removeListener("exit", release);
    release();
  }
}

function emptyForLong(file) {
  try {
    return Date.now() - statSync(file).mtimeMs > 5_000;
  } catch {
    return false;
  }
}
