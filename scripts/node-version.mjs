/** Refuses old Node versions, for which this file and those that import it stay readable. */
const MINIMUM_NODE = [20, 19, 0];

function nodeIsTooOld() {
  const parts = process.versions.node.split(".").map(Number);
  for (let i = 0; i < MINIMUM_NODE.length; i++) {
    if (parts[i] !== MINIMUM_NODE[i]) return parts[i] < MINIMUM_NODE[i];
  }
  return false;
}

/** Ends the process, and says what to do, when this Node is too old. */
export function requireNode() {
  if (!nodeIsTooOld()) return;
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
