/** JUnit XML: a suite for each notebook, a case for each code cell. */
import { escapeHtml } from "dnn-lab-core/html";
import type { CellResult, NotebookResult, Problem } from "../results/results";

/* eslint-disable no-control-regex */
/** Text as XML 1.0 allows it: without control characters, halves of pairs, U+FFFE and U+FFFF. */
function escape(text: string): string {
  const allowed = text
    .replace(/\x1b\[[0-9;]*m/g, "")
    .replace(
      /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      "\ufffd",
    );
  return escapeHtml(allowed);
}
/* eslint-enable no-control-regex */

interface Case {
  readonly name: string;
  readonly seconds: number;
  readonly problems: readonly Problem[];
  readonly skipped?: string;
}

const failing: readonly string[] = [
  "difference",
  "late-output",
  "not-raised",
  "added-cell",
  "removed-cell",
  "execution-counts",
  "changed-rule",
];

function caseXml(suite: string, { name, seconds, problems, skipped }: Case): string {
  const inner = problems.map(({ kind, message, details = "" }) => {
    const element = failing.includes(kind) ? "failure" : "error";
    return `      <${element} type="${kind}" message="${escape(message.split("\n")[0])}">${escape(`${message}\n${details}`.trim())}</${element}>`;
  });
  if (skipped !== undefined && problems.length === 0) inner.push(`      <skipped message="${escape(skipped)}"/>`);
  const head = `    <testcase classname="${escape(suite)}" name="${escape(name)}" time="${seconds.toFixed(3)}"`;
  return inner.length ? `${head}>\n${inner.join("\n")}\n    </testcase>` : `${head}/>`;
}

function caseOf(cell: CellResult, problems: readonly Problem[]): Case {
  const line = cell.source.trim().split("\n")[0].slice(0, 80);
  const skipped = ["skipped", "not run", "ignored"].includes(cell.status) ? cell.status : undefined;
  return {
    name: `cell ${cell.cell}: ${line}`,
    seconds: cell.seconds,
    problems: problems.filter((each) => each.cell === cell.cell),
    skipped,
  };
}

function suiteXml({ notebook, cells, problems, seconds, skipped: reason }: NotebookResult): string {
  const whole: Case = {
    name: "notebook",
    seconds: 0,
    problems: problems.filter(({ cell }) => !cells.some((each) => each.cell === cell)),
    skipped: reason,
  };
  const cases = [whole, ...cells.map((cell) => caseOf(cell, problems))];
  const count = (test: (problem: Problem) => boolean) => cases.filter((each) => each.problems.some(test)).length;
  const errors = count(({ kind }) => !failing.includes(kind));
  const failures = count(({ kind }) => failing.includes(kind));
  const skipped = cases.filter((each) => each.skipped !== undefined && each.problems.length === 0).length;
  const head = `  <testsuite name="${escape(notebook)}" tests="${cases.length}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${seconds.toFixed(3)}">`;
  return [head, ...cases.map((each) => caseXml(notebook, each)), "  </testsuite>"].join("\n");
}

export function junitXml(results: readonly NotebookResult[]): string {
  return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...results.map(suiteXml), "</testsuites>", ""].join(
    "\n",
  );
}
