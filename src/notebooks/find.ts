/** Which notebooks are meant by paths. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const apart = /^(node_modules|references|results|__pycache__|dist|build|\..*)$/;

/** The notebooks among and below `paths`, sorted within each folder. Throws when a path is not there. */
export function findNotebooks(paths: readonly string[]): string[] {
  const found = paths.flatMap((path) => {
    const kind = statSync(path, { throwIfNoEntry: false });
    if (!kind) throw new TypeError(`there is no notebook or folder ${path}`);
    return kind.isDirectory() ? below(path) : [path];
  });
  return [...new Set(found)];
}

function below(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = folder === "." ? entry.name : join(folder, entry.name);
    if (entry.isDirectory()) return apart.test(entry.name) ? [] : below(path);
    return entry.name.endsWith(".ipynb") && !/\.(failed|prepared)\.ipynb$/.test(entry.name) ? [path] : [];
  });
}
