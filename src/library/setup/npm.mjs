/** How to run npm. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { ask } from "./command.mjs";

/** The npm that runs us, the one in PATH, or the one that came with this Node; undefined when there is none. */
export function findNpm() {
  const running = process.env.npm_execpath;
  if (running?.endsWith("npm-cli.js") && existsSync(running)) return { command: process.execPath, args: [running] };
  if (process.platform !== "win32" && ask("npm", ["--version"])) return { command: "npm", args: [] };
  const prefix = dirname(process.execPath);
  const bundled = [join(prefix, "..", "lib", "node_modules"), join(prefix, "node_modules")]
    .map((folder) => join(folder, "npm", "bin", "npm-cli.js"))
    .find(existsSync);
  return bundled && { command: process.execPath, args: [bundled] };
}

/** Settings of the folder count, not those of a surrounding `npm run` or `npx`, nor NODE_ENV=production. */
export function npmEnvironment() {
  const env = { ...process.env };
  delete env.NODE_ENV;
  for (const name of Object.keys(env)) {
    if (/^npm_config_(omit|only|production|dev|include|prefix|local_prefix|global|workspaces?)$/i.test(name))
      delete env[name];
  }
  return env;
}

/** Output without the lines that only tell what was fetched. */
export function withoutFetches(output) {
  return output
    .split("\n")
    .filter((line) => !/npm http/.test(line) || /ENOTFOUND|attempt .* failed/.test(line))
    .join("\n");
}
