/** `node_modules/dnn-lab` → the project, so that notebooks in any of its folders can `import … from "dnn-lab"`. */
import { lstatSync, mkdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { modulesFolder, root } from "../paths.mjs";

const link = join(modulesFolder, "dnn-lab");

function pointsHere() {
  try {
    return lstatSync(link).isSymbolicLink() && realpathSync(link) === realpathSync(root);
  } catch {
    return false;
  }
}

export const selfLink = {
  id: "self-link",
  title: "node_modules/dnn-lab",
  key: () => "1",
  intact: pointsHere,
  adopt: pointsHere,
  async run() {
    rmSync(link, { recursive: true, force: true });
    mkdirSync(modulesFolder, { recursive: true });
    // Relative, so that it survives a move; Windows allows only absolute junctions without special rights.
    if (process.platform === "win32") symlinkSync(root, link, "junction");
    else symlinkSync("..", link);
    return { note: "linked to the project" };
  },
};
