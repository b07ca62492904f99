/** How an explanation looks in a terminal and in a notebook. */
import { escapeHtml } from "dnn-lab-core/html";
import type { TaskName } from "../steps/batch-task";
import type { RunPlan } from "../steps/plan";

/** How the steps of one kind were run; see `explain`. */
export interface StepsExplanation {
  /** What the steps do. */
  readonly task: TaskName;
  /** Replayed under this plan, or op by op (`eager`). */
  readonly plan: RunPlan;
  /** Why this plan. */
  readonly reason: string;
  /** Steps run, and milliseconds for each (0 when none was run). */
  readonly steps: number;
  /** Milliseconds for each step. */
  readonly stepMs: number;
  /** Operations of TensorFlow.js in one step, and what is left of them; undefined for steps that were not recorded. */
  readonly recordedOperations?: number;
  /** Operations that are left of them in the graph. */
  readonly operations?: number;
  /** Operation → how often it occurs in a step, the most frequent first. */
  readonly operationCounts?: Readonly<Record<string, number>>;
  /** Bytes of the variables that a step carries on, and of data on the engine that it reads. */
  readonly variableBytes?: number;
  /** Bytes of data on the engine that a step reads. */
  readonly dataBytes?: number;
  /** Milliseconds for recording, and for loading and checking the graph. */
  readonly recordMs?: number;
  /** Milliseconds for loading and checking the graph. */
  readonly prepareMs?: number;
}

/** What is to be shown. */
interface Explanation {
  readonly model: string;
  readonly runs: readonly StepsExplanation[];
  readonly measured?: Readonly<Partial<Record<RunPlan, number | string>>>;
}

type Row = readonly [name: string, value: string];

interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

const MOST_OPERATIONS = 12;

export function explanationText(explanation: Explanation): string {
  const sections = sectionsOf(explanation);
  const width = Math.max(...sections.flatMap(({ rows }) => rows.map(([name]) => name.length)));
  const lines = ({ title, rows }: Section) => [
    title,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
  ];
  return sections.flatMap(lines).join("\n");
}

export function explanationHtml(explanation: Explanation): string {
  const row = ([name, value]: Row) =>
    `<tr><th style="text-align:left;vertical-align:top">${escapeHtml(name)}</th><td style="text-align:left">${escapeHtml(value)}</td></tr>`;
  return sectionsOf(explanation)
    .map(({ title, rows }) => `<table><caption>${escapeHtml(title)}</caption>${rows.map(row).join("")}</table>`)
    .join("");
}

function sectionsOf({ model, runs, measured }: Explanation): Section[] {
  const sections = runs.map((run) => ({ title: `Last ${run.task} of '${model}'`, rows: rowsOf(run) }));
  if (!measured) return sections;
  const rows = Object.entries(measured).map(([plan, time]): Row => [
    plan,
    typeof time === "number" ? `${milliseconds(time)} a step` : `cannot run: ${time}`,
  ]);
  return [...sections, { title: `Training step of '${model}', measured`, rows }];
}

function rowsOf(run: StepsExplanation): Row[] {
  const rows: Row[] = [
    ["plan", `${run.plan}: ${run.reason}`],
    ["steps", run.steps === 0 ? "none" : `${run.steps}, ${milliseconds(run.stepMs)} each`],
  ];
  if (run.operations === undefined) return rows;
  const counts = Object.entries(run.operationCounts ?? {});
  const shown = counts.slice(0, MOST_OPERATIONS).map(([name, count]) => `${count} ${name}`);
  const more = counts.length > MOST_OPERATIONS ? ", …" : "";
  return [
    ...rows,
    ["operations", `${run.recordedOperations} recorded, ${run.operations} left: ${shown.join(", ")}${more}`],
    ["memory", `${bytes(run.variableBytes)} in variables, ${bytes(run.dataBytes)} of data on the engine`],
    ["preparation", `${milliseconds(run.recordMs)} recording, ${milliseconds(run.prepareMs)} loading and checking`],
  ];
}

function milliseconds(value = 0): string {
  return `${value >= 10 ? value.toFixed(0) : Number(value.toPrecision(2))} ms`;
}

function bytes(value = 0): string {
  return value < 1e6 ? `${(value / 1e3).toFixed(1)} kB` : `${(value / 1e6).toFixed(1)} MB`;
}
