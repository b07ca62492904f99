/** The folders that data comes from and is kept in. */
import { existsSync, statSync } from "node:fs";
import { homedir, platform } from "node:os";
import { join, resolve } from "node:path";

/**
 * The user's own data folder, from `DNN_LAB_DATA`; undefined when that is not set.
 * Throws an `Error` when it names no folder: who sets it means it.
 */
export function dataFolder(): string | undefined {
  const value = process.env.DNN_LAB_DATA;
  if (!value) return undefined;
  const folder = resolve(value);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(
      `The environment variable DNN_LAB_DATA is set to ${folder}, which is no folder. ` +
        "Set it to the folder that holds fashion-mnist/, or unset it.",
    );
  }
  return folder;
}

/**
 * Where downloads and drawn data are kept: `DNN_LAB_CACHE`, else `dnn-lab` in the user's cache folder (shared by all
 * clones): `$XDG_CACHE_HOME` or `~/.cache` on Linux, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows.
 */
export function cacheFolder(): string {
  return process.env.DNN_LAB_CACHE ? resolve(process.env.DNN_LAB_CACHE) : join(userCacheFolder(), "dnn-lab");
}

function userCacheFolder(): string {
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME;
  if (platform() === "darwin") return join(homedir(), "Library", "Caches");
  if (platform() === "win32") return process.env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  return join(homedir(), ".cache");
}
