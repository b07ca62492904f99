/** Free space, looked at before a step fills the disk. */
import { statfsSync } from "node:fs";
import { root } from "./paths.mjs";
import { SetupProblem } from "../../src/library/setup/problem.mjs";

const GIGABYTE = 1e9;

/** Free space for this user on the project's disk, in GB. */
export function freeGigabytes(folder = root) {
  const { bavail, bsize } = statfsSync(folder);
  return (Number(bavail) * Number(bsize)) / GIGABYTE;
}

export function needSpace(gigabytes) {
  const free = freeGigabytes();
  if (free >= gigabytes) return;
  throw new SetupProblem(
    "not enough free disk space",
    `this step needs about ${gigabytes} GB, ${free.toFixed(1)} GB are free on the disk of ${root}`,
    "Free some space, or move the project folder to a larger disk, then run the command again.",
  );
}
