/** Whether stored results belong to what is there now. */
import { existsSync } from "node:fs";
import { readNotebook, settingsOf } from "../notebook/notebook-file";
import { planNotebook } from "./notebook-plan";
import { changesSince, type Provenance } from "../results/run-provenance";
import type { NotebookResult } from "../results/results";

export interface Verified {
  readonly notebook: string;
  /** What has changed since; empty when the result belongs to what is there now. */
  readonly changes: readonly string[];
}

/** Compares a stored result with the present sources, locks, data, versions and settings. */
export function verifyResult(result: NotebookResult, results: string): Verified {
  const { notebook, provenance, output } = result;
  const told = (changes: string[]): Verified => ({ notebook, changes });
  if (!provenance || !output) return told(["it did not run to its end"]);
  if (!existsSync(notebook)) return told(["the notebook is gone"]);
  if (!existsSync(output)) return told([`the executed notebook ${output} is gone`]);
  const { inputs } = provenance;
  const plan = planNotebook(notebook, {
    results,
    kernel: inputs.kernel,
    parameters: inputs.parameters,
    env: { ...inputs.environment },
    only: inputs.only || undefined,
  });
  if (!("inputs" in plan)) return told([plan.problem?.message ?? `it is skipped: ${plan.skip}`]);
  const written = settingsOf(readNotebook(output).metadata).provenance as Provenance | undefined;
  const foreign = written?.finished === provenance.finished ? [] : ["the executed notebook is of another run"];
  return told([
    ...foreign,
    ...changesSince(provenance, { ...plan.inputs, environment: presentEnvironment(inputs.environment) }),
  ]);
}

/** Variables as they are now, without those that the run itself set. */
function presentEnvironment(stored: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, process.env[name] ?? value]));
}
