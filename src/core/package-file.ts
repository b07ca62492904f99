import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What is read of a `package.json`. */
export interface PackageFile {
  readonly name: string;
  readonly version: string;
}

/** The `package.json` of a folder. Throws when the folder has none, or one that is not JSON. */
export function readPackageFile(folder: string): PackageFile {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageFile;
}
