/**
 * `npm run mutation -- <group> [file …] [--part 2/8]`: changes the sources of a group in small ways, one at a time, and runs
 * the tests that concern them. A change that no test notices survives; all survivors are written to
 * `results/mutation/<group>.md`. A part is every eighth (or so) stretch of twelve lines, so that a group can be done bit by
 * bit; the survivors then stand in `<group>-2-of-8.md`.
 *
 * Stryker does it. It is fetched from npm into `.cache/mutation` when it is first needed, and works on a copy of the tracked
 * files there, since it writes into the sources.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { collect, foreground } from "../src/library/setup/command.mjs";
import { startStep } from "../src/library/setup/console.mjs";
import { findNpm } from "../src/library/setup/npm.mjs";
import { SetupProblem } from "../src/library/setup/problem.mjs";
import { cacheFolder, modulesFolder, root, venvFolder } from "./setup/paths.mjs";

/** What is changed, and the tests that should notice: those that run the sources in their own process. */
export const groups = {
  core: {
    mutate: ["src/core/*.ts", "src/core/checks/*.ts"],
    tests: ["test/core/**/*.test.ts"],
  },
  techniques: { mutate: ["src/library/techniques/**/*.ts"], tests: ["test/library/techniques/**/*.test.ts"] },
  checks: { mutate: ["src/notebooks/check/*.ts"], tests: ["test/notebooks/check/**/*.test.ts"] },
  grading: {
    mutate: ["src/grader/archive/*.ts", "src/grader/assignment/*.ts", "src/grader/grading/csv.ts"],
    tests: ["archive", "archive-total", "expression", "manual-marks", "names-and-paths", "roster"].map(
      (name) => `test/grader/${name}.test.ts`,
    ),
  },
};

const STRYKER = "9.5.1";
const home = join(cacheFolder, "mutation");
const modules = join(home, "node_modules");
/** Each group has a copy of its own, so that two can run at once. */
const workOf = (group) => join(home, group);

/** Fetches Stryker; it uses the project's own vitest and TypeScript, so that there is one of each. */
async function fetchStryker() {
  const there = join(modules, "@stryker-mutator", "core", "package.json");
  if (existsSync(there) && JSON.parse(readFileSync(there, "utf8")).version === STRYKER) return;
  const display = startStep(`Stryker ${STRYKER} from npm`);
  const npm = findNpm();
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{ "private": true }\n');
  const names = ["core", "vitest-runner"].map((name) => `@stryker-mutator/${name}@${STRYKER}`);
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps"];
  const { code, output } = npm
    ? await collect(npm.command, [...npm.args, "install", ...options, ...names], { cwd: home })
    : { code: 1, output: "there is no npm" };
  if (code !== 0) {
    display.fail();
    throw new SetupProblem("mutation: Stryker cannot be fetched", String(output).trim(), "npm run mutation -- core");
  }
  for (const name of ["vitest", "typescript"]) {
    rmSync(join(modules, name), { recursive: true, force: true });
    symlinkSync(join(modulesFolder, name), join(modules, name), "junction");
  }
  display.done();
}

/** A copy of the tracked files as they are now, with the packages beside it. */
function copyOfTheSources(work) {
  rmSync(work, { recursive: true, force: true });
  const tracked = execFileSync("git", ["ls-files", "-z", "src", "test", "scripts", "*.json", "*.mts"], { cwd: root });
  for (const file of tracked.toString().split("\0").filter(Boolean)) {
    if (!existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(work, file)), { recursive: true });
    cpSync(join(root, file), join(work, file));
  }
  symlinkSync(modulesFolder, join(work, "node_modules"), "junction");
  symlinkSync(venvFolder, join(work, ".venv"), "junction");
}

/** Files of the group, or those of them that are named. */
function filesOf(patterns, named) {
  if (named.length) return named;
  const all = execFileSync("git", ["ls-files", "-z", ...patterns.map((each) => `:(glob)${each}`)], { cwd: root });
  return all
    .toString()
    .split("\0")
    .filter((file) => file && !file.endsWith(".d.ts"));
}

const STRETCH = 12;

/** Every `parts`-th stretch of lines of the files, as Stryker wants to be told; blocks that reach beyond one are left out. */
export function stretchesOf(files, [part, parts]) {
  const stretches = files.flatMap((file) => {
    const lines = readFileSync(join(root, file), "utf8").split("\n").length;
    return Array.from(
      { length: Math.ceil(lines / STRETCH) },
      (_, i) => `${file}:${i * STRETCH + 1}-${(i + 1) * STRETCH}`,
    );
  });
  return stretches.filter((_, i) => i % parts === part - 1);
}

/** `2/8` → [2, 8]. */
function partOf(given) {
  const [part, parts] = (/^(\d+)\/(\d+)$/.exec(given ?? "") ?? []).slice(1).map(Number);
  if (part >= 1 && part <= parts) return [part, parts];
  throw new SetupProblem("mutation: which part?", `--part ${given}`, "npm run mutation -- core --part 2/8");
}

function writeSettings(work, mutate, tests) {
  const vitest = [
    'import { mergeConfig } from "vitest/config";',
    'import base from "./vitest.config.mts";',
    "const config = mergeConfig(base, {});",
    `Object.assign(config.test, ${JSON.stringify({ include: tests, pool: "threads", maxWorkers: 1, isolate: false })});`,
    "export default config;",
  ];
  writeFileSync(join(work, "vitest.mutation.mts"), `${vitest.join("\n")}\n`);
  const settings = {
    testRunner: "vitest",
    plugins: [join(modules, "@stryker-mutator", "vitest-runner", "dist", "src", "index.js")],
    mutate,
    vitest: { configFile: "vitest.mutation.mts", related: false },
    coverageAnalysis: "perTest",
    ignoreStatic: true,
    concurrency: 1,
    inPlace: true,
    disableTypeChecks: false,
    reporters: ["progress-append-only", "json"],
    jsonReporter: { fileName: "mutation.json" },
    tempDirName: "temporary",
  };
  writeFileSync(join(work, "stryker.json"), JSON.stringify(settings, null, 2));
}

/** Survivors by file, with the line as it is and what it was changed into. */
export function survivorsText(group, report) {
  const all = Object.entries(report.files).flatMap(([file, { mutants }]) => mutants.map((each) => ({ file, ...each })));
  const of = (...kinds) => all.filter(({ status }) => kinds.includes(status));
  const found = of("Killed", "Timeout").length;
  const survived = of("Survived", "NoCoverage");
  const lines = survived.map(({ file, location, mutatorName, replacement, status }) => {
    const source = report.files[file].source.split("\n")[location.start.line - 1].trim();
    const change = (replacement ?? "").replace(/\s+/g, " ").slice(0, 100);
    const untested = status === "NoCoverage" ? ", no test comes here" : "";
    return `- ${file}:${location.start.line} ${mutatorName}${untested}: \`${source}\` → \`${change}\``;
  });
  const share = ((100 * found) / Math.max(found + survived.length, 1)).toFixed(1);
  return `# ${group}: ${found} of ${found + survived.length} changes were noticed (${share} %)\n\n${lines.join("\n")}\n`;
}

/** Runs one group, or of it the given files; ends with 0 whatever survives: what it says is for people to judge. */
export async function mutation(args) {
  const { values, positionals } = parseArgs({ args, options: { part: { type: "string" } }, allowPositionals: true });
  const [name, ...named] = positionals;
  if (!Object.hasOwn(groups, name ?? "")) {
    const cause = name ? `there is no group '${name}'` : "no group was named";
    const names = Object.keys(groups).map((each) => `npm run mutation -- ${each}`);
    throw new SetupProblem("mutation: which sources?", cause, names.join("\n"));
  }
  const part = values.part === undefined ? undefined : partOf(values.part);
  const { mutate, tests } = groups[name];
  const files = filesOf(mutate, named);
  await fetchStryker();
  const work = workOf(name);
  copyOfTheSources(work);
  writeSettings(work, part ? stretchesOf(files, part) : files, tests);
  const stryker = join(modules, "@stryker-mutator", "core", "bin", "stryker.js");
  const code = await foreground(process.execPath, [stryker, "run", "stryker.json"], { cwd: work });
  if (code !== 0) return code;
  const report = JSON.parse(readFileSync(join(work, "mutation.json"), "utf8"));
  const out = join(root, "results", "mutation", `${[name, ...(part ? [part.join("-of-")] : [])].join("-")}.md`);
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, survivorsText(name, report));
  console.log(`${readFileSync(out, "utf8").split("\n")[0].slice(2)}: ${relative(root, out)}`);
  return 0;
}
