import { describe, expect, it } from "vitest";
import type { Schedule } from "../../../src/core/types";
import * as schedules from "../../../src/library/techniques/schedules";
import { describeSchedule, scheduleFromConfig, type ScheduleConfig } from "../../../src/library/techniques/schedules";
import { scheduleLength } from "../../../src/library/techniques/schedules/described";
import { presentNames, withPresentNames } from "../../../src/library/techniques/schedules/deprecated";
import { expectClose, readExpected } from "./helpers";

interface Expected {
  steps: number[];
  cases: { factory: string; options: Record<string, unknown>; rates: number[] }[];
}

const { steps, cases } = readExpected<Expected>("schedules");
const factories = schedules as unknown as Record<string, (options: object) => Schedule>;
const label = (factory: string, options: object) => `${factory} ${JSON.stringify(options)}`;

describe("schedules give the rates that Keras gives", () => {
  it.each(cases)("$factory $options", ({ factory, options, rates }) => {
    const schedule = factories[factory](options);
    expectClose(steps.map(schedule), rates, 1e-13, factory);
  });
});

/** One of each, with the rate of step 0: any new schedule gets its basics by a line here. */
const { constantSchedule, joinedSchedule, linearWarmupSchedule, powerSchedule } = schedules;
const eta = { initialLearningRate: 0.1 };
const table: [name: string, schedule: Schedule, first: number][] = [
  ["constantSchedule", constantSchedule({ learningRate: 0.1 }), 0.1],
  ["powerSchedule", powerSchedule({ ...eta, decaySteps: 20, power: 2 }), 0.1],
  ["legacyDecaySchedule", schedules.legacyDecaySchedule({ ...eta, decay: 1e-4 }), 0.1],
  ["exponentialSchedule", schedules.exponentialSchedule({ ...eta, decaySteps: 20 }), 0.1],
  ["piecewiseConstantSchedule", schedules.piecewiseConstantSchedule({ boundaries: [5], values: [0.1, 0.01] }), 0.1],
  ["polynomialSchedule", schedules.polynomialSchedule({ ...eta, decaySteps: 20, power: 0.5, cycle: true }), 0.1],
  ["cosineSchedule", schedules.cosineSchedule({ ...eta, decaySteps: 20 }), 0.1],
  ["cosineRestartsSchedule", schedules.cosineRestartsSchedule({ ...eta, firstDecaySteps: 20, tMul: 1.5 }), 0.1],
  ["oneCycleSchedule", schedules.oneCycleSchedule({ maxLearningRate: 0.1, totalSteps: 100 }), 0.01],
  [
    "linearWarmupSchedule",
    linearWarmupSchedule({ warmupSteps: 9, schedule: powerSchedule({ ...eta, decaySteps: 5 }) }),
    0.01,
  ],
  [
    "joinedSchedule",
    joinedSchedule({ schedules: [0.2, powerSchedule({ ...eta, decaySteps: 5 })], boundaries: [7] }),
    0.2,
  ],
];

describe.each(table)("%s", (name, schedule, first) => {
  const run = Array.from({ length: 400 }, (_, step) => step).concat(1e6, 1e9);
  const rates = run.map(schedule);

  it("starts at the right rate", () => expect(schedule(0)).toBeCloseTo(first, 14));
  it("is finite and never negative, long past its end too", () => {
    expect(rates.filter((rate) => !Number.isFinite(rate) || rate < 0)).toEqual([]);
  });
  it("is pure: the same answers again, in any order", () => {
    expect([...run].reverse().map(schedule).reverse()).toEqual(rates);
  });
  it("is built again from its description", () => {
    const config = JSON.parse(JSON.stringify(describeSchedule(schedule))) as ScheduleConfig;
    expect(config.name).toBe(name);
    expect(run.map(scheduleFromConfig(config))).toEqual(rates);
  });
  it("refuses options that it does not know, and being called without options", () => {
    const options = describeSchedule(schedule)?.options ?? {};
    expect(() => factories[name]({ ...options, decaySteep: 1 })).toThrow(`${name}: unknown option 'decaySteep'`);
    expect(() => factories[name]({})).toThrow(new RegExp(`^${name}: `));
  });
});

it("the table has every schedule", () => {
  const notFactories = ["describeSchedule", "scheduleFromConfig", ...Object.keys(presentNames)];
  const all = Object.keys(schedules).filter((name) => !notFactories.includes(name));
  expect(table.map(([name]) => name).sort()).toEqual(all.sort());
});

it("power scheduling keeps the slide's eq. (2): the ratio of steps k+1 and k (in units of s) is (1 − 1/(k+2))^c", () => {
  const schedule = powerSchedule({ initialLearningRate: 0.01, decaySteps: 10_000, power: 1.5 });
  for (let k = 0; k < 20; k++) {
    const ratio = schedule((k + 1) * 10_000) / schedule(k * 10_000);
    expect(ratio).toBeCloseTo((1 - 1 / (k + 2)) ** 1.5, 13);
  }
});

it("exponential scheduling keeps the slide's eq. (3): a tenth each s steps", () => {
  const schedule = schedules.exponentialSchedule({ initialLearningRate: 0.01, decaySteps: 52_500 });
  expect(schedule(105_000) / schedule(52_500)).toBeCloseTo(0.1, 14);
});

it("cosine restarts begin exactly where a period ends", () => {
  const schedule = schedules.cosineRestartsSchedule({ initialLearningRate: 1, firstDecaySteps: 10, tMul: 3 });
  for (const start of [0, 10, 40, 130, 400, 1210]) expect(schedule(start), String(start)).toBe(1);
  for (const end of [9, 39, 129, 399]) expect(schedule(end), String(end)).toBeLessThan(0.05);
});

it("oneCycleSchedule reaches its rates at the first, middle and last step, and keeps the last", () => {
  const schedule = schedules.oneCycleSchedule({ maxLearningRate: 1, totalSteps: 101, annealFraction: 0.2 });
  expect([0, 40, 80, 100, 101, 5000].map(schedule)).toEqual([0.1, 1, 0.1, 0.0001, 0.0001, 0.0001]);
  const two = schedules.oneCycleSchedule({ maxLearningRate: 1, totalSteps: 2, annealFraction: 0 });
  expect([0, 1].every((step) => Number.isFinite(two(step)))).toBe(true);
});

it("a warm-up wastes no step at rate 0 and meets its schedule", () => {
  const schedule = linearWarmupSchedule({ warmupSteps: 4, schedule: 0.5 });
  [0.1, 0.2, 0.3, 0.4, 0.5, 0.5].forEach((rate, step) => expect(schedule(step)).toBeCloseTo(rate, 14));
  const fromZero = linearWarmupSchedule({ warmupSteps: 4, schedule: 0.4, initialLearningRate: 0 });
  [0, 0.1, 0.2, 0.3, 0.4].forEach((rate, step) => expect(fromZero(step)).toBeCloseTo(rate, 14));
  const power = powerSchedule({ initialLearningRate: 0.5, decaySteps: 1 });
  const warm = linearWarmupSchedule({ warmupSteps: 4, schedule: power });
  expect([4, 5, 6].map(warm)).toEqual([0, 1, 2].map(power));
});

it("joined schedules start from their own step 0 at the boundary", () => {
  const second = powerSchedule({ initialLearningRate: 0.1, decaySteps: 10 });
  const joined = joinedSchedule({ schedules: [0.5, second, (step) => step], boundaries: [3, 5] });
  expect([0, 2, 3, 4, 5, 9].map(joined)).toEqual([0.5, 0.5, second(0), second(1), 0, 4]);
});

describe.each(Object.entries(presentNames))("the old name %s", (old, present) => {
  it("is the same function", () => {
    expect(factories[old]).toBe(factories[present]);
    expect(factories[present].name).toBe(present);
  });
  it("still builds a schedule that was saved under it, also within another", () => {
    const config = describeSchedule(table.find(([name]) => name === present)![1])!;
    const saved = { ...config, name: old };
    expect(describeSchedule(scheduleFromConfig(saved))).toEqual(config);
    const outer = { name: "linearWarmup", options: { warmupSteps: 3, schedule: saved } };
    const both = describeSchedule(scheduleFromConfig(outer));
    expect(both).toEqual({ name: "linearWarmupSchedule", options: { warmupSteps: 3, schedule: config } });
  });
});

it("names beside schedules are left as they are", () => {
  const model = {
    layers: [{ name: "oneCycle", units: 3 }],
    optimizer: { learningRate: { name: "oneCycle", options: {} } },
  };
  expect(withPresentNames(model)).toEqual({
    layers: [{ name: "oneCycle", units: 3 }],
    optimizer: { learningRate: { name: "oneCycleSchedule", options: {} } },
  });
});

it("a schedule of the user's own has no description, nor has one that contains it", () => {
  const own: Schedule = (step) => 1 / (step + 1);
  expect(describeSchedule(own)).toBeUndefined();
  expect(describeSchedule(joinedSchedule({ schedules: [own, 0.1], boundaries: [2] }))).toBeUndefined();
});

const wrong: [factory: string, options: object, message: RegExp | string][] = [
  ["powerSchedule", { ...eta, decaySteps: 0 }, "decaySteps must be a finite number greater than 0, received 0"],
  ["powerSchedule", { ...eta, decaySteps: "10" }, 'decaySteps must be a finite number greater than 0, received "10"'],
  ["powerSchedule", { initialLearningRate: Number.NaN, decaySteps: 1 }, "initialLearningRate must be a finite number"],
  ["exponentialSchedule", { ...eta, decaySteps: 1, staircase: 1 }, "staircase must be true or false"],
  ["exponentialSchedule", { ...eta, decayStep: 1 }, "unknown option 'decayStep'"],
  [
    "piecewiseConstantSchedule",
    { boundaries: [5, 5], values: [1, 1, 1] },
    "boundaries[1] must be a finite number greater than 5",
  ],
  [
    "piecewiseConstantSchedule",
    { boundaries: [5], values: [1] },
    "number of values must be one more than there are boundaries (2)",
  ],
  ["polynomialSchedule", { ...eta, decaySteps: 0 }, "decaySteps must be"],
  ["cosineSchedule", { ...eta, decaySteps: 5, warmupSteps: 3 }, "warmupSteps needs a warmupTarget"],
  ["cosineRestartsSchedule", { ...eta, firstDecaySteps: 5, tMul: 0.5 }, "tMul must be a finite number at least 1"],
  ["oneCycleSchedule", { maxLearningRate: 1, totalSteps: 1 }, "totalSteps must be an integer at least 2, received 1"],
  ["oneCycleSchedule", { maxLearningRate: 1, totalSteps: 9, initialLearningRate: 2 }, "initialLearningRate must be"],
  ["linearWarmupSchedule", { warmupSteps: 0, schedule: 0.1 }, "warmupSteps must be an integer at least 1"],
  ["linearWarmupSchedule", { warmupSteps: 2, schedule: "fast" }, "schedule must be a number or a schedule"],
  ["joinedSchedule", { schedules: [0.1, () => "x"], boundaries: [1] }, "schedules[1](0) must be a finite number"],
  ["joinedSchedule", { schedules: [0.1], boundaries: [1] }, "number of schedules must be one more"],
];

it.each(wrong)("%s refuses %o", (factory, options, message) => {
  expect(() => factories[factory](options), label(factory, options)).toThrow(message);
});

it("scheduleFromConfig names the schedules there are", () => {
  expect(() => scheduleFromConfig({ name: "powerShedule", options: {} })).toThrow("Did you mean 'powerSchedule'?");
});

describe("the length of a schedule", () => {
  const falling = schedules.polynomialSchedule({ ...eta, decaySteps: 50 });
  it.each<[string, Schedule, number]>([
    ["polynomialSchedule", falling, 50],
    ["cosineSchedule", schedules.cosineSchedule({ ...eta, decaySteps: 40 }), 40],
    [
      "cosineSchedule with a warm-up",
      schedules.cosineSchedule({ ...eta, decaySteps: 40, warmupTarget: 0.2, warmupSteps: 5 }),
      45,
    ],
    ["piecewiseConstantSchedule", schedules.piecewiseConstantSchedule({ boundaries: [5, 9], values: [3, 2, 1] }), 10],
    ["linearWarmupSchedule", linearWarmupSchedule({ warmupSteps: 9, schedule: falling }), 59],
    ["joinedSchedule", joinedSchedule({ schedules: [0.2, falling], boundaries: [7] }), 57],
  ])("%s is where its rate stays as it is", (_, schedule, length) => {
    expect(scheduleLength(schedule)).toBe(length);
    const last = schedule(length);
    expect([schedule(length + 1), schedule(length + 1000)]).toEqual([last, last]);
    expect(schedule(length - 1)).not.toBe(last);
  });

  it("ends with the warm-up or the last boundary, where what follows never ends", () => {
    const endless = schedules.exponentialSchedule({ ...eta, decaySteps: 20 });
    expect(scheduleLength(linearWarmupSchedule({ warmupSteps: 9, schedule: endless }))).toBe(9);
    expect(scheduleLength(joinedSchedule({ schedules: [0.2, endless], boundaries: [7] }))).toBe(7);
  });

  it("is unknown for one that never ends, and for a function of the user's", () => {
    for (const endless of [
      powerSchedule({ ...eta, decaySteps: 5 }),
      schedules.polynomialSchedule({ ...eta, decaySteps: 9, cycle: true }),
    ])
      expect(scheduleLength(endless)).toBeUndefined();
    expect(scheduleLength((step) => 1 / (1 + step))).toBeUndefined();
  });
});
