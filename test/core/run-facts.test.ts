import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { RunFacts } from "../../src/core/run-facts";
import { datasetFromArrays, engineReport, fashionMnist, setRandomSeed } from "../../src/library/index";

const facts = () => (globalThis as Record<symbol, unknown>)[Symbol.for("dnn-lab.facts")] as RunFacts;

it("the library tells on which data, engine and seed a run depends", () => {
  setRandomSeed(7);
  setRandomSeed(8);
  expect(facts()).toMatchObject({ seed: 8, engine: engineReport().name });
  const { info } = datasetFromArrays({ features: [[1], [2]], labels: [0, 1] });
  datasetFromArrays({ features: [[1], [2]], labels: [0, 1] });
  const mine = facts().data.filter(({ fingerprint }) => fingerprint === info.fingerprint);
  expect(mine).toEqual([{ name: info.name, source: "arrays", fingerprint: info.fingerprint }]);
});

it("tells where data are looked for, whether they are there or not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "facts "));
  vi.stubEnv("DNN_LAB_DATA", folder);
  vi.stubEnv("DNN_LAB_CACHE", join(folder, "cache"));
  try {
    await expect(fashionMnist.load({ split: "test", source: "cache" })).rejects.toThrow("no data from source 'cache'");
    expect(facts().inputs).toContain(join(folder, "cache", "fashion-mnist"));
    await expect(fashionMnist.load({ split: "test", source: "folder" })).rejects.toThrow();
    expect(facts().inputs).toContain(join(folder, "fashion-mnist"));
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  }
});
