/** ageron/handson-ml3#206, ageron/handson-mlp#28: schedules made for longer runs, without a word. */
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  adam,
  cosineSchedule,
  datasetFromArrays,
  exponentialSchedule,
  fit,
  joinedSchedule,
  linearWarmupSchedule,
  oneCycleSchedule,
  piecewiseConstantSchedule,
  polynomialSchedule,
  tf,
  type Schedule,
} from "../../../../src/library/index";

afterEach(() => void vi.restoreAllMocks());

const data = datasetFromArrays({ features: new Float32Array(40), shape: [1], labels: new Float32Array(40) }).batch(4);

function network(learningRate: Schedule | number): tf.LayersModel {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
  model.compile({ optimizer: adam({ learningRate }), loss: "meanSquaredError" });
  return model;
}

/** What a run of ten steps an epoch says of its schedule. */
async function said(model: tf.LayersModel, epochs: number, initialEpoch = 0): Promise<string> {
  const lines: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  vi.spyOn(console, "log").mockImplementation((text: unknown) => void lines.push(String(text)));
  await fit(model, data, { epochs, initialEpoch, verbose: 2 });
  vi.restoreAllMocks();
  return lines.filter((line) => line.includes("schedule")).join("");
}

describe("a schedule longer than its run", () => {
  const longer = [
    piecewiseConstantSchedule({ boundaries: [5, 50], values: [0.1, 0.01, 0.001] }),
    oneCycleSchedule({ maxLearningRate: 0.1, totalSteps: 22 }),
    cosineSchedule({ initialLearningRate: 0.1, decaySteps: 21 }),
    polynomialSchedule({ initialLearningRate: 0.1, decaySteps: 21 }),
    linearWarmupSchedule({ warmupSteps: 21, schedule: 0.1 }),
    joinedSchedule({
      schedules: [0.1, oneCycleSchedule({ maxLearningRate: 0.1, totalSteps: 12 })],
      boundaries: [10],
    }),
  ];
  it.each(longer.map((schedule) => [schedule.name, schedule]))("%s is named", async (name, schedule) => {
    expect(await said(network(schedule), 2)).toMatch(
      new RegExp(`follows ${name} up to step (51|21), but this run ends with step 20`),
    );
  });

  const fitting = [
    piecewiseConstantSchedule({ boundaries: [5, 19], values: [0.1, 0.01, 0.001] }),
    oneCycleSchedule({ maxLearningRate: 0.1, totalSteps: 20 }),
    exponentialSchedule({ initialLearningRate: 0.1, decaySteps: 1_000 }),
    polynomialSchedule({ initialLearningRate: 0.1, decaySteps: 21, cycle: true }),
    (step: number) => 0.1 / (step + 1),
    0.1,
  ];
  it.each(fitting.map((schedule) => [typeof schedule === "number" ? "a rate" : schedule.name, schedule]))(
    "%s that fits is not",
    async (_, schedule) => {
      expect(await said(network(schedule), 2)).toBe("");
    },
  );

  it("counts the steps that the optimizer has taken before", async () => {
    const model = network(oneCycleSchedule({ maxLearningRate: 0.1, totalSteps: 40 }));
    expect(await said(model, 2)).toContain("ends with step 20");
    expect(await said(model, 4, 2)).toBe("");
  });
});
