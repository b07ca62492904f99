/** Successive halving: who goes on, and that it does not matter who does the work. */
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../../src/core/random";
import { HalvingPlan, type HalvingRule, rungEpochs } from "../../../../src/library/training/tuning/halving-plan";
import type { TrialJob } from "../../../../src/library/training/tuning/search-plan";

const rule: HalvingRule = { reductionFactor: 3, minEpochs: 1, maxEpochs: 9, slots: 4, direction: "max" };
const settings = (count: number): TrialJob["settings"][] => Array.from({ length: count }, (_, i) => ({ i }));
const keyOf = ({ trial, epochs }: TrialJob): string => `${trial}@${epochs}`;

/** Does all trainings, each time one of the open ones that `choose` takes; returns them in the order in which they were done. */
function work(plan: HalvingPlan, value: (job: TrialJob) => number, choose: (count: number) => number): string[] {
  const done: string[] = [];
  while (!plan.isDone) {
    const { open } = plan;
    const job = open[choose(open.length)];
    done.push(keyOf(job));
    plan.note(job, value(job));
  }
  return done;
}

/** A learning curve of its own for each trial; curves cross. */
const curve = ({ trial, epochs }: TrialJob): number => Math.sin(trial * 12.9898 + epochs * 0.3);

describe("successive halving", () => {
  it("compares trials at powers of the factor and at the end", () => {
    expect(rungEpochs(rule)).toEqual([1, 3, 9]);
    expect(rungEpochs({ ...rule, maxEpochs: 20 })).toEqual([1, 3, 9, 20]);
    expect(rungEpochs({ ...rule, minEpochs: 2, reductionFactor: 2, maxEpochs: 10 })).toEqual([2, 4, 8, 10]);
  });

  it("lets the best third go on, of these the best third: 27, 9 and 3 of 27 trials", () => {
    // Sorted from the worst to the best, each new trial is promoted at once: the best ones are found all the same.
    const done = work(
      new HalvingPlan(settings(27), { ...rule, slots: 1 }),
      ({ trial }) => -trial,
      () => 0,
    );
    const at = (epochs: number): number[] =>
      done.filter((key) => key.endsWith(`@${epochs}`)).map((key) => Number(key.split("@")[0]));
    expect(at(1)).toEqual(Array.from({ length: 27 }, (_, i) => i));
    expect(at(3)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(at(9)).toEqual([0, 1, 2]);
  });

  it("chooses in the order of the paper's Algorithm 2 with one worker", () => {
    // By hand: after three trials the best (0) goes on; 3 is the best of four, 6 of seven, and of 0, 3 and 6 the best too.
    const value = ({ trial }: TrialJob): number => [5, 1, 2, 8, 3, 4, 9, 6, 7][trial];
    const done = work(new HalvingPlan(settings(9), { ...rule, slots: 1 }), value, () => 0);
    const expected = "0@1 1@1 2@1 0@3 3@1 3@3 4@1 5@1 6@1 6@3 6@9 7@1 8@1 8@3";
    expect(done.join(" ")).toBe(expected);
  });

  it("is the same search whoever does the work, in whatever order results come", () => {
    const first = work(new HalvingPlan(settings(40), rule), curve, () => 0);
    const sorted = [...first].sort();
    for (let seed = 1; seed <= 50; seed++) {
      const random = new RandomStream(seed);
      const any = work(new HalvingPlan(settings(40), rule), curve, (count) => random.integer(count));
      expect([...any].sort()).toEqual(sorted);
    }
    expect(new Set(sorted).size).toBe(sorted.length);
  });

  it("offers as many trainings as it has slots while there are trials", () => {
    expect(new HalvingPlan(settings(40), { ...rule, slots: 6 }).open).toHaveLength(6);
    expect(new HalvingPlan(settings(2), { ...rule, slots: 6 }).open).toHaveLength(2);
  });

  it("never lets a trial without a value go on", () => {
    const done = work(
      new HalvingPlan(settings(9), rule),
      ({ trial }) => (trial < 8 ? NaN : 1),
      () => 0,
    );
    expect(done.filter((key) => !key.endsWith("@1"))).toEqual(["8@3"]);
    expect(
      work(
        new HalvingPlan(settings(9), rule),
        () => NaN,
        () => 0,
      ),
    ).toHaveLength(9);
  });

  it("takes the smallest value where smaller is better", () => {
    const done = work(
      new HalvingPlan(settings(3), { ...rule, direction: "min" }),
      ({ trial }) => 10 - trial,
      () => 0,
    );
    expect(done.at(-1)).toBe("2@3");
  });
});
