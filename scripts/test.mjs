/**
 * `npm test`: layout, lint and types, then all tests, and a closing line `N passed, N failed, N skipped` in which each of
 * the three checks counts as one. Arguments (files, `-t name`) go to vitest, which then runs alone.
 *
 *   --node 24        run on that Node instead (taken from npm), by default the part of the tests that depends on it
 *   --also-node 24   run everything, then that part again on that Node
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { foreground } from "../src/library/setup/command.mjs";
import { otherNode } from "./setup/npm-program.mjs";
import { cacheFolder, modulesFolder, root } from "./setup/paths.mjs";
import { SetupProblem } from "../src/library/setup/problem.mjs";

/** What another Node may do otherwise: the library on the native engine, and the kernel's dealings with V8. */
const versionTests = [
  "test/core",
  ...["engine", "data", "models", "techniques", "training/fit", "training/resume"].map(
    (name) => `test/library/${name}`,
  ),
  ...["official", "interrupts"].map((name) => `test/kernel/conformance/${name}.test.ts`),
];
const tool = (path) => join(modulesFolder, ...path.split("/"));

const checks = [
  ["layout (npm run format mends it)", [tool("prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."]],
  ["lint", [tool("eslint/bin/eslint.js"), "--max-warnings", "0", "."]],
  ["types", [tool("typescript/bin/tsc"), "-p", "tsconfig.json"]],
];

const sum = (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped });

async function runChecks() {
  let result = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, args] of checks) {
    const code = await foreground(process.execPath, args, { cwd: root });
    console.log(`${code === 0 ? "✓" : "✗"} ${name}`);
    result = sum(result, { passed: Number(code === 0), failed: Number(code !== 0), skipped: 0 });
  }
  return result;
}

/** Counts in vitest's JSON report. A file that does not load, or a run that fails for another reason, counts as a failure. */
export function countsOf(report, code) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const failed = report.numFailedTests + unloaded.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

async function runVitest(args, node = process.execPath) {
  const reportFile = join(cacheFolder, "test", `report-${process.pid}.json`);
  mkdirSync(join(cacheFolder, "test"), { recursive: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  const code = await foreground(node, [tool("vitest/vitest.mjs"), "run", ...reporters, ...args], { cwd: root });
  try {
    return countsOf(JSON.parse(readFileSync(reportFile, "utf8")), code);
  } catch {
    return countsOf(undefined, code);
  } finally {
    rmSync(reportFile, { force: true });
  }
}

/** `{ node, alsoNode, rest }`: our own options, and what goes to vitest. */
export function parseTestArguments(args) {
  const rest = [...args];
  const take = (name) => {
    const at = rest.indexOf(name);
    if (at < 0) return undefined;
    const [, version] = rest.splice(at, 2);
    if (/^\d+$/.test(version ?? "")) return version;
    throw new SetupProblem(
      `test: ${name} needs a major version of Node`,
      `received ${version ?? "nothing"}`,
      `npm test -- ${name} 24`,
    );
  };
  return { node: take("--node"), alsoNode: take("--also-node"), rest };
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
    return { passed: 0, failed: 0, skipped: 1 };
  }
  console.log(`\nOn Node ${version}:`);
  return runVitest(args.length ? args : versionTests, node);
}

/** Runs what is asked for, prints the closing line, resolves to the exit code. */
export async function test(args) {
  const { node, alsoNode, rest } = parseTestArguments(args);
  let result;
  if (node) result = await runOn(node, rest);
  else result = rest.length ? await runVitest(rest) : sum(await runChecks(), await runVitest([]));
  if (alsoNode) result = sum(result, await runOn(alsoNode, []));
  console.log(`\n${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
  return result.failed > 0 ? 1 : 0;
}
