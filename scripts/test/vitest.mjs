/** Runs vitest; files that fail are run once more by themselves, so that a busy machine is told from a defect. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { foreground } from "../../src/library/setup/command.mjs";
import { cacheFolder, modulesFolder, root } from "../setup/paths.mjs";
import { countsOf, failuresOf, unsteadyTests, withSecondLook } from "./report.mjs";

/** More failed files than this are no accident of timing: they are not run again. */
const mostFilesAgain = 8;

/** One run: `{ report, code }`, without a report where vitest wrote none. */
async function runOnce(args, node) {
  const reportFile = join(cacheFolder, "test", `report-${process.pid}.json`);
  mkdirSync(join(cacheFolder, "test"), { recursive: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  const program = join(modulesFolder, "vitest", "vitest.mjs");
  const code = await foreground(node, [program, "run", ...reporters, ...args], { cwd: root });
  try {
    return { report: JSON.parse(readFileSync(reportFile, "utf8")), code };
  } catch {
    return { report: undefined, code };
  } finally {
    rmSync(reportFile, { force: true });
  }
}

const outcome = ({ report, code }, unsteady = []) => ({
  ...countsOf(report, code),
  failures: failuresOf(report),
  unsteady,
});

/**
 * Counts, `failures`, and `unsteady`: what failed and then passed when its file ran again alone (only with `again`).
 * An unsteady test counts as passed, and is a defect to mend: the caller names it.
 */
export async function runVitest(args, { node = process.execPath, again = false } = {}) {
  const first = await runOnce(args, node);
  const failures = failuresOf(first.report);
  const files = [...new Set(failures.map(({ file }) => file))];
  if (!again || files.length === 0 || files.length > mostFilesAgain) return outcome(first);
  console.log(`\nOnce more, by themselves: ${files.join(", ")}`);
  const second = await runOnce(["--no-file-parallelism", ...files], node);
  if (!second.report) return outcome(first);
  const report = withSecondLook(first.report, second.report);
  return outcome({ report, code: second.code }, unsteadyTests(failures, failuresOf(second.report)));
}
