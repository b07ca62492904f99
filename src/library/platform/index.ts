/**
 * What the library takes from the system: files, hashes, processes, the machine. Everything else in the library that needs
 * one of these imports it from here (commands and set-up apart), so that another system, such as a browser, has one module
 * to provide. `test/setup/library-platform.test.ts` holds it.
 */
export { type ChildProcess, execFile, fork, spawn } from "node:child_process";
export { createHash, randomBytes } from "node:crypto";
export {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
export { type FileHandle, open, readFile } from "node:fs/promises";
export { arch, availableParallelism, cpus, homedir, platform, release, tmpdir, totalmem, userInfo } from "node:os";
export { basename, delimiter, dirname, extname, join, resolve, sep } from "node:path";
export { default as process } from "node:process";
export { pathToFileURL } from "node:url";
export { pipeline } from "node:stream/promises";
export { setImmediate } from "node:timers/promises";
export { inspect, promisify } from "node:util";
export { default as util } from "node:util";
export { createGunzip, gunzipSync } from "node:zlib";

/** Loads or finds a module by its name or file when it is first needed: engines and their native parts. */
export const requireModule: NodeJS.Require = require;
