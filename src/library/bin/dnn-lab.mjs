#!/usr/bin/env node
const [command, ...args] = process.argv.slice(2);
// The set-up is plain JavaScript without packages; a clone runs the same files before anything is installed.
if (command === "setup") {
  const { main } = await import("../setup/setup.mjs");
  process.exitCode = await main(args);
} else {
  await import("../dist/cli/dnn-lab.js");
}
