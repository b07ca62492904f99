/** The decision rules by themselves; Keras' decisions are compared in test/training/callbacks. */
import { describe, expect, it } from "vitest";
import { BestValueRule } from "../../../src/library/techniques/best-value";
import { EarlyStoppingRule, type EarlyStoppingState } from "../../../src/library/techniques/early-stopping";
import { PlateauRule, type PlateauState } from "../../../src/library/techniques/plateau";

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

describe("EarlyStoppingRule", () => {
  const decide = (rule: EarlyStoppingRule, values: number[], first = 0) =>
    values.map((value, i) => rule.update(first + i, value));

  it("answers for 10, 9, 9.5", () => {
    const rule = new EarlyStoppingRule({ patience: 1 });
    expect(decide(rule, [10, 9, 9.5])).toEqual([
      { isBest: true, stop: false },
      { isBest: true, stop: false },
      { isBest: false, stop: true },
    ]);
    expect(rule.state).toEqual({ best: 9, bestEpoch: 1, wait: 1, stoppedEpoch: 2 });
  });

  it("goes on from saved state exactly as if it had not stopped", () => {
    const values = [5, 4, 4.5, 3, 3.5, 3.2, 3.1, 2];
    const options = { patience: 3, baseline: 3.5, minDelta: 0.05 };
    const whole = new EarlyStoppingRule(options);
    const expected = decide(whole, values);
    for (let cut = 0; cut <= values.length; cut++) {
      const [before, after] = [new EarlyStoppingRule(options), new EarlyStoppingRule(options)];
      const decisions = decide(before, values.slice(0, cut));
      after.restore(copy<EarlyStoppingState>(before.state));
      expect([...decisions, ...decide(after, values.slice(cut), cut)]).toEqual(expected);
      expect(after.state).toEqual(whole.state);
    }
  });

  it("does not take a first NaN for the best, where Keras does and never improves again", () => {
    const rule = new EarlyStoppingRule({ patience: 3 });
    expect(decide(rule, [NaN, 2, 1]).map(({ stop }) => stop)).toEqual([false, false, false]);
    expect(rule.state).toEqual({ best: 1, bestEpoch: 2, wait: 0 });
    // The first epoch's weights are kept all the same, for lack of better ones, and it never ends training.
    expect(decide(new EarlyStoppingRule(), [NaN, NaN])).toEqual([
      { isBest: true, stop: false },
      { isBest: false, stop: true },
    ]);
  });

  it("forgets on reset", () => {
    const rule = new EarlyStoppingRule({ patience: 1 });
    decide(rule, [1, 2]);
    rule.reset();
    expect(rule.state).toEqual({ wait: 0 });
    expect(rule.update(0, 9)).toEqual({ isBest: true, stop: false });
  });

  it("refuses wrong options", () => {
    expect(() => new EarlyStoppingRule({ patience: 1.5 })).toThrow("EarlyStoppingRule: patience must be an integer");
    expect(() => new EarlyStoppingRule({ baseline: NaN })).toThrow("baseline must be a finite number, received NaN");
    expect(() => new EarlyStoppingRule({ startFromEpoch: -1 })).toThrow("startFromEpoch must be an integer at least 0");
    expect(() => new EarlyStoppingRule({ patients: 2 } as object)).toThrow("Did you mean 'patience'?");
  });
});

describe("PlateauRule", () => {
  function rates(rule: PlateauRule, values: number[], start = 1): number[] {
    let rate = start;
    return values.map((value) => (rate = rule.update(value, rate) ?? rate));
  }

  it("multiplies the rate by the factor after `patience` epochs without improvement", () => {
    expect(rates(new PlateauRule({ patience: 2, factor: 0.5 }), [1, 1, 1, 1, 1, 0.5, 1])).toEqual([
      1, 1, 0.5, 0.5, 0.25, 0.25, 0.25,
    ]);
  });

  it("goes on from saved state exactly as if it had not stopped", () => {
    const values = [1, 1, 1, 0.9, 1, 1, 1, 1, NaN, 1, 1];
    const options = { patience: 2, factor: 0.5, cooldown: 2 };
    const expected = rates(new PlateauRule(options), values);
    for (let cut = 1; cut < values.length; cut++) {
      const [before, after] = [new PlateauRule(options), new PlateauRule(options)];
      const first = rates(before, values.slice(0, cut));
      after.restore(copy<PlateauState>(before.state));
      expect([...first, ...rates(after, values.slice(cut), first[cut - 1])]).toEqual(expected);
    }
  });

  it("refuses wrong options", () => {
    expect(() => new PlateauRule({ factor: 1.5 })).toThrow(
      "PlateauRule: factor must be a finite number greater than 0 and less than 1, received 1.5. To raise the rate, use a schedule.",
    );
    expect(() => new PlateauRule({ cooldown: -1 })).toThrow("cooldown must be an integer at least 0");
    expect(() => new PlateauRule({ min_lr: 0 } as object)).toThrow("Did you mean 'minLr'?");
    expect(() => new PlateauRule({ minLr: -1 })).toThrow("minLr must be");
  });
});

describe("BestValueRule", () => {
  it("says of each value whether it is the best so far", () => {
    const rule = new BestValueRule({ monitor: "val_accuracy" });
    expect([NaN, 0.8, 0.7, 0.8, 0.9].map((value) => rule.update(value))).toEqual([false, true, false, false, true]);
    const other = new BestValueRule({ monitor: "val_accuracy" });
    other.restore(copy(rule.state));
    expect([0.9, 0.95].map((value) => other.update(value))).toEqual([false, true]);
  });

  it("refuses wrong options", () => {
    expect(() => new BestValueRule({ initialValueThreshold: NaN })).toThrow("initialValueThreshold must be");
    expect(() => new BestValueRule({ monitor: "mine" })).toThrow("BestValueRule: the name 'mine' does not tell");
  });
});
