/** What a project says of its notebooks: `dnn-lab.json` at or above a notebook, and the notebook's own metadata. */
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { guess, list, show } from "dnn-lab-core/check";
import { findUpward } from "dnn-lab-core/files";
import { readNotebook, settingsOf, type Notebook } from "./notebook-file";

export const CONFIGURATION = "dnn-lab.json";

/** `{ "notebooks": { "rules": ["text: /…/ -> …"], "exclude": ["drafts/**"], "skip": { "slow.ipynb": "needs a GPU" } } }` */
export interface Configuration {
  /** Its folder: paths in it are relative to that. */
  readonly folder: string;
  /** Rules for all cells, without `@check`. */
  readonly rules: readonly string[];
  /** Notebooks that are skipped. */
  readonly exclude: readonly string[];
  /** Notebooks that are not executed, each with the reason. */
  readonly skip: Readonly<Record<string, string>>;
}

const keys = ["rules", "exclude", "skip"];

/** The configuration for a notebook or a folder. Throws a `TypeError` that names the file when it cannot be read. */
export function configurationFor(path: string): Configuration {
  const folder = findUpward(dirname(resolve(path)), CONFIGURATION);
  if (folder === undefined) return { folder: process.cwd(), rules: [], exclude: [], skip: {} };
  const file = join(folder, CONFIGURATION);
  try {
    const { notebooks = {} } = JSON.parse(readFileSync(file, "utf8")) as { notebooks?: Record<string, unknown> };
    for (const key of Object.keys(notebooks)) {
      if (!keys.includes(key))
        throw new TypeError(`notebooks.${key} is unknown; there are ${list(keys)}.${guess(key, keys)}`);
    }
    return {
      folder,
      rules: texts("rules", notebooks.rules),
      exclude: texts("exclude", notebooks.exclude),
      skip: reasons(notebooks.skip),
    };
  } catch (error) {
    throw new TypeError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function texts(key: string, value: unknown = []): string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value as string[];
  throw new TypeError(`notebooks.${key} must be a list of texts, received ${show(value)}`);
}

function reasons(value: unknown = {}): Record<string, string> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : undefined;
  if (entries?.every(([, reason]) => typeof reason === "string" && reason.trim() !== ""))
    return value as Record<string, string>;
  throw new TypeError(
    `notebooks.skip must give a reason for each path, {"slow.ipynb": "needs a GPU"}, received ${show(value)}`,
  );
}

/** Rules for all cells of a notebook: the project's, then those of its metadata (`dnn_lab.check`). */
export function generalRules(path: string, notebook: Notebook = readNotebook(path)): string[] {
  const { check = [] } = settingsOf(notebook.metadata);
  return [...configurationFor(path).rules, ...texts("check", typeof check === "string" ? [check] : check)];
}

/** Whether a path is meant by a pattern: a path, a folder, or one with `*` and `**`; relative to `folder`. */
export function fits(path: string, pattern: string, folder: string): boolean {
  const from = relative(folder, resolve(path)).split("\\").join("/");
  const plain = pattern.replace(/^\.\//, "").replace(/\/$/, "");
  return from === plain || from.startsWith(`${plain}/`) || globOf(plain).test(from);
}

/** `*` within a name, `**` across folders. A pattern without a slash fits a name in any folder. */
function globOf(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*\/|\*\*|\*|\?)/).map((part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${pattern.includes("/") ? "" : "(?:.*/)?"}${parts.join("")}$`);
}
