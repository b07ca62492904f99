/** The folder of this clone. */
import { findUpward } from "dnn-lab-core/files";

/** From the sources as well as from the build. Throws when there is no clone. */
export function projectFolder(): string {
  const folder = findUpward(__dirname, "requirements.txt");
  if (folder) return folder;
  throw new Error(`The project's folder was not found above ${__dirname} (looked for requirements.txt).`);
}
