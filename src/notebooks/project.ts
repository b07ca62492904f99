/** Where the project keeps what executes notebooks. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findUpward } from "../core/files";

/** The project's folder, from the sources as well as from the build. */
export function projectFolder(): string {
  const folder = findUpward(__dirname, "requirements.txt");
  if (folder) return folder;
  throw new Error(`The project's folder was not found above ${__dirname} (looked for requirements.txt).`);
}

/** Python of the project's virtual environment. Throws when the set-up has not made it. */
export function venvPython(): string {
  const bin = process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  const python = join(projectFolder(), ".venv", ...bin);
  if (existsSync(python)) return python;
  throw new Error(`${python} is missing: run npm run setup.`);
}
