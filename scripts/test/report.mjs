/** What vitest's JSON report says: counts, failed files, and each failure by name. */
import { relative } from "node:path";
import { root } from "../setup/paths.mjs";

const unloaded = ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0;

/** Counts in a report. A file that does not load, or a run that fails for another reason, counts as a failure. */
export function countsOf(report, code) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const failed = report.numFailedTests + report.testResults.filter(unloaded).length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Each failure as `{ file, name, message }`; a file that does not load is one, with no name. */
export function failuresOf(report) {
  return (report?.testResults ?? []).flatMap((result) => {
    const file = relative(root, result.name);
    if (unloaded(result)) return [{ file, name: "", message: result.message ?? "" }];
    return result.assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => ({ file, name: fullName, message: failureMessages?.[0] ?? "" }));
  });
}

/** The report with the results of some files taken from a later one. */
export function withSecondLook(report, later) {
  const files = new Set(later.testResults.map(({ name }) => name));
  const testResults = [...report.testResults.filter(({ name }) => !files.has(name)), ...later.testResults];
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const count = (...states) => all.filter(({ status }) => states.includes(status)).length;
  return {
    numPassedTests: count("passed"),
    numFailedTests: count("failed"),
    numPendingTests: count("pending", "skipped"),
    numTodoTests: count("todo"),
    testResults,
  };
}

/** Failures of the first run that the second one does not have. */
export function unsteadyTests(first, second) {
  const key = ({ file, name }) => `${file}\n${name}`;
  const still = new Set(second.map(key));
  return first.filter((failure) => !still.has(key(failure)));
}

/** Failures for the end of a log, the first lines of each message below its name. */
export function listed(heading, failures, messageLines = 30) {
  if (!failures.length) return "";
  const lines = failures.flatMap(({ file, name, message }) => [
    `- ${file}${name ? ` > ${name}` : " (did not load)"}`,
    ...message
      .split("\n")
      .slice(0, messageLines)
      .map((line) => `    ${line.slice(0, 300)}`),
  ]);
  return [`\n${heading}`, ...lines].join("\n");
}
