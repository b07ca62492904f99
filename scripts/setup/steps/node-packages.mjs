/** npm packages: `npm ci`, unless node_modules already holds what the lockfile says. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ask, collect } from "../../../src/library/setup/command.mjs";
import { needSpace } from "../disk.mjs";
import { modulesFolder, root } from "../paths.mjs";
import { findNpm, npmEnvironment, withoutFetches } from "../../../src/library/setup/npm.mjs";
import { SetupProblem, problemFromOutput } from "../../../src/library/setup/problem.mjs";
import { hashOfFiles, readJson } from "../stamps.mjs";

const lockfile = join(root, "package-lock.json");
const OLDEST_NPM = 10;

/** First package of the lockfile that node_modules lacks or holds in another version; undefined when all agree. */
export function firstDifference(wanted, installed, exists) {
  for (const [path, { version, optional, link }] of Object.entries(wanted)) {
    if (path === "" || link) continue;
    const found = installed[path];
    if (found ? found.version !== version || !exists(path) : !optional) return path;
  }
  return undefined;
}

function nodeModulesAgree() {
  const installed = readJson(join(modulesFolder, ".package-lock.json"))?.packages;
  const wanted = readJson(lockfile)?.packages;
  return (
    Boolean(installed && wanted) &&
    !firstDifference(wanted, installed, (path) => existsSync(join(root, path, "package.json")))
  );
}

function requireNpm() {
  const npm = findNpm();
  const version = npm && ask(npm.command, [...npm.args, "--version"]);
  if (!version) {
    throw new SetupProblem(
      "npm was not found",
      "neither npm_execpath, nor PATH, nor the folder of this Node has an npm",
      "Install npm (it comes with Node from nodejs.org; on Debian: apt-get install npm), then run the command again.",
    );
  }
  if (Number.parseInt(version, 10) < OLDEST_NPM) {
    throw new SetupProblem(
      `npm is too old`,
      `found npm ${version}, need ${OLDEST_NPM} or newer`,
      "npm install --global npm@11",
    );
  }
  return { ...npm, version };
}

export const nodePackages = {
  id: "node-packages",
  title: "npm packages",
  key: () => `${hashOfFiles([lockfile])}-${process.platform}-${process.arch}`,
  intact: nodeModulesAgree,
  adopt: nodeModulesAgree,
  async run({ detail }) {
    needSpace(1.2);
    const npm = requireNpm();
    const total = Object.keys(readJson(lockfile).packages).length;
    let fetched = 0;
    const onLine = (line) => {
      if (/http (fetch GET|cache) .*\.tgz/.test(line)) detail(`${++fetched} fetched of at most ${total}`);
    };
    const args = [
      ...npm.args,
      "ci",
      "--include=dev",
      "--include=optional",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--loglevel=http",
    ];
    const { code, output } = await collect(npm.command, args, { cwd: root, onLine, env: npmEnvironment() });
    const problem = "npm packages could not be installed";
    if (code !== 0)
      throw problemFromOutput(
        problem,
        withoutFetches(output),
        "Delete the folder node_modules and run the command again.",
      );
    if (!nodeModulesAgree()) {
      throw new SetupProblem(
        problem,
        "npm ended well, but node_modules differs from package-lock.json",
        "Delete the folder node_modules and run the command again.",
      );
    }
    return { note: `${total} in package-lock.json, npm ${npm.version}` };
  },
};
