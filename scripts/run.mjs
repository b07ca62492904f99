#!/usr/bin/env node
/**
 * `node scripts/run.mjs <task> [arguments]`: does what is left of the set-up, then the task. Plain JavaScript without
 * packages, so that it works in an untouched clone; this file stays readable for old Node versions, which it refuses.
 */
const MINIMUM_NODE = [20, 19, 0];

function nodeIsTooOld() {
  const parts = process.versions.node.split(".").map(Number);
  for (let i = 0; i < MINIMUM_NODE.length; i++) {
    if (parts[i] !== MINIMUM_NODE[i]) return parts[i] < MINIMUM_NODE[i];
  }
  return false;
}

if (nodeIsTooOld()) {
  console.error(
    "dnn-lab needs Node " +
      MINIMUM_NODE.join(".") +
      " or newer; this is Node " +
      process.versions.node +
      " (" +
      process.execPath +
      ").\n" +
      "  What to do: install the current LTS version (from nodejs.org, a version manager, or `npm install --global node@24`)\n" +
      "  and run the command again.",
  );
  process.exit(1);
}

import("./tasks.mjs").then(({ main }) => main(process.argv.slice(2)));
