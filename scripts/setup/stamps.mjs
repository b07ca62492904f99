/**
 * What was done, kept in `.cache/setup`: a step's stamp holds the hash of its inputs and is written last; a note that
 * the step was begun is left beside it until then, so that a run that was killed is known as such.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root, setupFolder } from "./paths.mjs";

const stampFile = (id) => join(setupFolder, `${id}.json`);
const begunFile = (id) => join(setupFolder, `${id}.begun`);

export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Writes a file in one piece. */
export function writeWhole(file, text) {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

/** The stamp of a finished step; undefined when it never ran, or began again and did not end. */
export function readStamp(id) {
  return existsSync(begunFile(id)) ? undefined : readJson(stampFile(id));
}

/** Whether a run of the step began and did not end. */
export function wasCutShort(id) {
  return existsSync(begunFile(id));
}

export function markBegun(id) {
  mkdirSync(setupFolder, { recursive: true });
  writeFileSync(begunFile(id), `${new Date().toISOString()}\n`);
}

export function writeStamp(id, content) {
  mkdirSync(setupFolder, { recursive: true });
  writeWhole(stampFile(id), `${JSON.stringify({ ...content, at: new Date().toISOString() }, null, 1)}\n`);
  rmSync(begunFile(id), { force: true });
}

/** Hash of texts and bytes. */
export function hashOf(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part ?? "").update("\0");
  return hash.digest("hex").slice(0, 24);
}

/** Hash of the names (within the project) and contents of files; a missing file counts as such. */
export function hashOfFiles(files) {
  return hashOf(...files.flatMap((file) => [relative(root, file), existsSync(file) ? readFileSync(file) : "missing"]));
}

/** All files below `folder`, sorted. */
export function filesBelow(folder, keep = () => true) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(keep)
    .sort();
}
