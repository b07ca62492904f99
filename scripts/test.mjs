/**
 * `npm test`: layout, lint and types, then all tests, the names of those that failed, and a closing line
 * `N passed, N failed, N skipped` in which each of the three checks counts as one. Arguments (files, `-t name`) go to
 * vitest, which then runs alone. In a whole run, files that failed run once more by themselves.
 *
 *   --node 24        run on that Node instead (taken from npm), by default the part of the tests that depends on it
 *   --also-node 24   run everything, then that part again on that Node
 *   --within 80      minutes, set-up included: on a machine so slow that this part would end later, it is left out, and counted as skipped
 */
import { join } from "node:path";
import { foreground } from "../src/library/setup/command.mjs";
import { otherNode } from "./setup/npm-program.mjs";
import { modulesFolder, root } from "./setup/paths.mjs";
import { SetupProblem } from "../src/library/setup/problem.mjs";
import { listed } from "./test/report.mjs";
import { runVitest } from "./test/vitest.mjs";

/** What another Node may do otherwise: the library on the native engine, and the kernel's dealings with V8. */
const versionTests = [
  "test/core",
  ...["engine", "data", "models", "techniques", "training/fit", "training/resume"].map(
    (name) => `test/library/${name}`,
  ),
  ...["official", "interrupts", "hostile", "names"].map((name) => `test/kernel/conformance/${name}.test.ts`),
];
/** What that part takes of the time that everything took before it, at most. */
const versionShare = 0.4;
const minuteMs = 60_000;
const tool = (path) => join(modulesFolder, ...path.split("/"));

const checks = [
  ["layout (npm run format mends it)", [tool("prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."]],
  ["lint", [tool("eslint/bin/eslint.js"), "--max-warnings", "0", "."]],
  ["types", [tool("typescript/bin/tsc"), "-p", "tsconfig.json"]],
];

const nothing = { passed: 0, failed: 0, skipped: 0, failures: [], unsteady: [] };
const sum = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  failures: [...a.failures, ...b.failures],
  unsteady: [...a.unsteady, ...b.unsteady],
});

async function runChecks() {
  let result = nothing;
  for (const [name, args] of checks) {
    const code = await foreground(process.execPath, args, { cwd: root });
    console.log(`${code === 0 ? "✓" : "✗"} ${name}`);
    const failures = code === 0 ? [] : [{ file: "npm test", name, message: "" }];
    result = sum(result, { ...nothing, passed: Number(code === 0), failed: Number(code !== 0), failures });
  }
  return result;
}

/** `{ node, alsoNode, within, rest }`: our own options, and what goes to vitest. */
export function parseTestArguments(args) {
  const rest = [...args];
  const take = (name, what, example) => {
    const at = rest.indexOf(name);
    if (at < 0) return undefined;
    const [, value] = rest.splice(at, 2);
    if (/^[1-9]\d*$/.test(value ?? "")) return value;
    throw new SetupProblem(
      `test: ${name} needs ${what}`,
      `received ${value ?? "nothing"}`,
      `npm test -- ${name} ${example}`,
    );
  };
  const version = (name) => take(name, "a major version of Node", "24");
  const alsoNode = version("--also-node");
  const within = take("--within", "a number of minutes", "80");
  if (within && !alsoNode)
    throw new SetupProblem(
      "test: --within is about --also-node",
      "which is missing",
      "npm test -- --also-node 24 --within 80",
    );
  return { node: version("--node"), alsoNode, within, rest };
}

/** Whether the part for another Node will end within so many minutes, when everything else took `spentMs`. */
export function hasTimeLeft(spentMs, within = Infinity) {
  return spentMs * (1 + versionShare) <= Number(within) * minuteMs;
}

/** `npm run test:watch`: vitest on the sources, again at each change; arguments go to it. */
export function watch(args) {
  return foreground(process.execPath, [tool("vitest/vitest.mjs"), "watch", ...args], { cwd: root });
}

/** Tests on another Node; skipped, and said so, when npm does not give it. */
async function runOn(version, args) {
  const node = await otherNode(version);
  if (!node) {
    console.log(`Node ${version} could not be installed from npm here: these tests are skipped.`);
    return { ...nothing, skipped: 1 };
  }
  console.log(`\nOn Node ${version}:`);
  const result = await runVitest(args.length ? args : versionTests, { node, again: args.length === 0 });
  const named = (failure) => ({ ...failure, file: `Node ${version}: ${failure.file}` });
  return { ...result, failures: result.failures.map(named), unsteady: result.unsteady.map(named) };
}

/** The part of the tests that depends on Node again, on another one, where the time allows it. */
async function runAlsoOn(version, within) {
  // Since this process began: what was set up counts.
  const spentMs = performance.now();
  if (hasTimeLeft(spentMs, within)) return runOn(version, []);
  const minutes = Math.round(spentMs / minuteMs);
  console.log(`\nNode ${version}: skipped. ${minutes} minutes have passed, and --within is ${within}.`);
  return { ...nothing, skipped: 1 };
}

/** Runs what is asked for, prints the closing line, resolves to the exit code. */
export async function test(args) {
  const { node, alsoNode, within, rest } = parseTestArguments(args);
  let result;
  if (node) result = await runOn(node, rest);
  else result = rest.length ? await runVitest(rest) : sum(await runChecks(), await runVitest([], { again: true }));
  if (alsoNode) result = sum(result, await runAlsoOn(alsoNode, within));
  for (const list of [
    listed("Unsteady (failed, then passed alone): each is a defect of the test or of what it tests.", result.unsteady),
    listed("Failed:", result.failures),
  ])
    if (list) console.log(list);
  console.log(`\n${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
  return result.failed > 0 ? 1 : 0;
}
