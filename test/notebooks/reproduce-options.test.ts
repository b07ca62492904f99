import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { reproducedNotebooks, resultsFolder } from "../../scripts/reproduce-notebooks";
import { notebookEnvironment, parseReproduceOptions } from "../../scripts/reproduce-options";

describe("npm run reproduce", () => {
  it("has defaults: all of the published run", () => {
    expect(parseReproduceOptions([])).toMatchObject({ epochs: undefined, seed: 42, seeds: 1, help: false });
    expect(parseReproduceOptions([]).notebooks).toEqual(reproducedNotebooks);
    expect(notebookEnvironment(parseReproduceOptions([]), "/r")).toEqual({
      DNN_LAB_RESULTS: "/r",
      DNN_LAB_SEED: "42",
      DNN_LAB_PROFILE: "quick",
      DNN_LAB_FRESH: "1",
    });
  });

  it("hands its options to the notebook, folders as absolute paths", () => {
    const options = parseReproduceOptions([
      "--engine",
      "wasm",
      "--data=some data",
      "--out",
      "o",
      "--epochs",
      "2",
      "--seed=7",
      "--full",
    ]);
    expect(options.out).toBe(resolve("o"));
    expect(notebookEnvironment(options, "/r")).toEqual({
      DNN_LAB_RESULTS: "/r",
      DNN_LAB_EPOCHS: "2",
      DNN_LAB_SEED: "7",
      DNN_LAB_PROFILE: "full",
      DNN_LAB_ENGINE: "wasm",
      DNN_LAB_DATA: resolve("some data"),
    });
  });

  it("repeats the course's notebooks with many seeds, and no case study", () => {
    const { notebooks } = parseReproduceOptions(["--seeds", "3"]);
    expect(notebooks.length).toBe(reproducedNotebooks.length - 1);
    expect(notebooks.map(({ folder }) => folder)).not.toContain("case-studies");
  });

  it("runs one notebook when it is asked for", () => {
    const { notebooks } = parseReproduceOptions(["--notebook", "s2-case-study"]);
    expect(notebooks.map(({ name, lastCell }) => [name, lastCell])).toEqual([["s2-case-study", 24]]);
    expect(resultsFolder("/r", notebooks[0])).toBe(join("/r", "p3_c2_s2_training_deep_neural_networks", "case_study"));
  });

  it.each([
    [["--notebook", "s2"], /'s1-code-example', 's2-code-example', 's2-case-study'/],
    [["--epoch", "2"], /--epoch/],
    [["stray"], /stray/],
    [["--engine", "gpu"], /'native', 'wasm', 'cpu'.*received "gpu"/],
    [["--engine"], /argument/],
    [["--epochs", "0"], /--epochs must be an integer/],
    [["--epochs", "1.5"], /--epochs must be an integer/],
    [["--seeds", "0"], /--seeds must be an integer from 1/],
    [["--seed", "-1"], /--seed/],
  ])("refuses %j", (args, message) => {
    expect(() => parseReproduceOptions(args)).toThrow(message);
  });
});
