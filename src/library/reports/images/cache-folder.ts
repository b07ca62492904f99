/** Where the unpacked browser and its temporary files live. */
import type { Environment } from "dnn-lab-core/types";
import { findUpward } from "dnn-lab-core/files";
import { accessSync, constants, homedir, join, mkdirSync, sep, tmpdir, userInfo, process } from "../../platform";

/** The user's cache folder by the platform's convention. */
function userCache(environment: Environment): string {
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  if (process.platform === "win32") return environment.LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  return environment.XDG_CACHE_HOME || join(homedir(), ".cache");
}

/** The cache of a clone; undefined where the library is installed as someone's package. */
function projectCache(): string | undefined {
  const root = findUpward(__dirname, "package-lock.json");
  return root && !root.split(sep).includes("node_modules") ? join(root, ".cache") : undefined;
}

/**
 * A writable folder that is there: in the project's cache, else in the user's, else (all read-only) one of the user's
 * own in the system's temporary folder.
 */
export function rendererFolder(environment: Environment = process.env, project = projectCache()): string {
  const fallback = join(tmpdir(), `dnn-lab-${userInfo().uid}`, "renderer");
  const preferred = [
    ...(project ? [join(project, "renderer")] : []),
    join(userCache(environment), "dnn-lab", "renderer"),
  ];
  return [...preferred, fallback].find(writable) ?? fallback;
}

function writable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
