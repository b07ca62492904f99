/** The benchmark of training with tiny settings: every peer runs, and the figures are those of the rounds. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rounded, summaryOf } from "../../scripts/bench/support/statistics";
import { courseSections, trainingCases } from "../../scripts/bench/support/training-cases";
import { peersFor } from "../../scripts/bench/support/training-peers";
import { isNative } from "../../src/library/engine/compile/native";

const python = join(__dirname, "..", "..", ".venv", "bin", "python");

it("sums rounds up", () => {
  expect(summaryOf([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3, rounds: 3 });
  expect(summaryOf([4, 1, 2, 3]).median).toBe(2.5);
  expect(() => summaryOf([])).toThrow("no values");
  expect([0.012345, 1.2345, 123.45].map(rounded)).toEqual(["0.0123", "1.23", "123"]);
});

describe.runIf(existsSync(python) && isNative())("the peers", () => {
  it("all run a round", { timeout: 300_000 }, async () => {
    const { peers, stop } = await peersFor(trainingCases[1], () => 2);
    try {
      const names = ["dnn-lab fit", "Keras fit", "Keras best", "JAX scan", "tfjs-node model.fit"];
      expect(peers.map(({ name }) => name)).toEqual(names);
      for (const peer of peers) expect(await peer.round()).toBeGreaterThan(0);
    } finally {
      stop();
    }
  });
});

it("has the sections of the code example, with the layers that Keras' side has", () => {
  const layers = Object.values(courseSections).map((build) => build().layers.length);
  expect(layers).toEqual([4, 4, 4, 7, 4, 7]);
});
