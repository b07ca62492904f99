#!/usr/bin/env node
/**
 * `dnn-lab <command>`: `kernel` works wherever the package is installed, as its build is shipped; in a clone of the
 * project the build is made first, and the tasks of `npm run` are commands as well.
 */
import { requireNode } from "./node-version.mjs";

requireNode();
import("./commands.mjs").then(({ main }) => main(process.argv.slice(2)));
