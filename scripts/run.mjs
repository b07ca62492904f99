/**
 * `node scripts/run.mjs <task> [arguments]`: does what is left of the set-up, then the task. Plain JavaScript without
 * packages, so that it works in an untouched clone; this file stays readable for old Node versions, which it refuses.
 */
import { requireNode } from "./node-version.mjs";

requireNode();
import("./tasks.mjs").then(({ main }) => main(process.argv.slice(2)));
