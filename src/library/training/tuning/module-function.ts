/** Functions that are given by the module that exports them, so that another process can load them too. */
import { guess, list, show } from "dnn-lab-core/check";
import { messageOf } from "dnn-lab-core/errors";
import { existsSync, extname, pathToFileURL, process, resolve } from "../../platform";

/** A module's file and the name of one of its exports. */
export interface ModuleFunction {
  readonly path: string;
  readonly name: string;
}

/** `./network.mjs` or `./network.mjs#small`, from the working folder. Throws where there is no such file. */
export function moduleFunction(owner: string, text: string, defaultName: string): ModuleFunction {
  const [file, name = defaultName] = text.split("#");
  const path = resolve(file);
  if (!existsSync(path)) throw new Error(`${owner}: there is no file ${path} (from the working folder).`);
  if (/\.[cm]?tsx?$/.test(path) && !readsTypeScript())
    throw new Error(
      `${owner}: this Node (${process.version}) cannot load ${extname(path)} files; write it as .mjs, compile it, or take Node 22.18 or newer.`,
    );
  return { path, name };
}

const readsTypeScript = (): boolean => Boolean((process.features as { typescript?: unknown }).typescript);

/** Loads the function. Throws when the module cannot be loaded, or does not export it. */
export async function loadFunction<T>(owner: string, { path, name }: ModuleFunction): Promise<T> {
  const exported = await importFile(path).catch((error: unknown) => {
    throw new Error(`${owner}: ${path} cannot be loaded: ${messageOf(error)}`, { cause: error });
  });
  // What CommonJS exports, Node puts below `default` where it does not know the names.
  const all = { ...(exported.default as object | undefined), ...exported };
  const found = (all as Record<string, unknown>)[name];
  if (typeof found === "function") return found as T;
  const names = Object.keys(all).filter((each) => each !== "default" && each !== "module.exports");
  throw new TypeError(
    `${owner}: ${path} must export a function '${name}', received ${show(found)}; it exports ${list(names) || "nothing"}.${guess(name, names)}`,
  );
}

const importFile = (path: string): Promise<Record<string, unknown>> =>
  import(pathToFileURL(path).href) as Promise<Record<string, unknown>>;
