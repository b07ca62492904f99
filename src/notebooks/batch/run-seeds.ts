/** The same notebooks with other seeds, for the rule `seeds`. */
import { join } from "node:path";
import { runBatch, type BatchOptions } from "./run-batch";
import type { NotebookResult } from "../results/results";

/**
 * Runs each notebook with `count − 1` further seeds, given as `DNN_LAB_SEED`. The programs must take it: what they tell
 * of their seed (`setRandomSeed`) is compared. Throws when one does not.
 */
export async function runSeeds(
  options: BatchOptions,
  results: readonly NotebookResult[],
  count: number,
): Promise<Map<string, NotebookResult[]>> {
  const samples = new Map<string, NotebookResult[]>();
  const first = Math.max(...results.map(({ facts }) => facts?.seed ?? 0));
  for (let i = 1; i < count; i++) {
    const seed = first + i;
    const folder = join(options.results, "seeds", String(seed));
    const settings = {
      ...options,
      results: folder,
      compare: false,
      env: { ...options.env, DNN_LAB_SEED: String(seed) },
    };
    for (const result of await runBatch(settings)) {
      if (result.status === "executed" && result.facts?.seed !== seed) {
        throw new Error(
          `${result.notebook} does not take a seed: with DNN_LAB_SEED=${seed} its seed is ${result.facts?.seed ?? "not told"} (setRandomSeed tells it)`,
        );
      }
      samples.set(result.notebook, [...(samples.get(result.notebook) ?? []), result]);
    }
  }
  return samples;
}
