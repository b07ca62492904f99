import { describe, expect, it } from "vitest";
import { parseNotebooksOptions, usage } from "../../../src/notebooks/cli/notebooks-options";

describe("options of notebooks", () => {
  it("have defaults", () => {
    expect(parseNotebooksOptions(["check"])).toMatchObject({
      ...{ command: "check", paths: [], parallel: 1, cellTimeoutSeconds: 600, timeoutSeconds: 3600, useCache: true },
      ...{ results: "results/notebooks", seeds: 1 },
    });
    expect(parseNotebooksOptions(["--help"]).command).toBeUndefined();
    expect(parseNotebooksOptions([]).command).toBeUndefined();
  });
  it("are read", () => {
    const args =
      "check a.ipynb --jobs 3 --only 4 --param n=2 --param s='x' --engine cpu --timeout 5 --no-cache --json --junit j.xml b";
    expect(parseNotebooksOptions(args.split(" "))).toMatchObject({
      ...{ paths: ["a.ipynb", "b"], parallel: 3, only: "4", parameters: { n: "2", s: "'x'" }, engine: "cpu" },
      ...{ cellTimeoutSeconds: 5, useCache: false, json: "-", junit: "j.xml" },
    });
    expect(parseNotebooksOptions(["report", "--json", "r.json"]).json).toBe("r.json");
  });
  it.each([
    [["chek"], "Did you mean 'check'?"],
    [["check", "--parallel", "0"], "--parallel must be an integer from 1"],
    [["check", "--timeout", "0"], "--timeout must be a number of seconds greater than 0"],
    [["check", "--engine", "gpu"], "--engine must be one of 'native', 'wasm', 'cpu'"],
    [["check", "--param", "a"], "--param must read name=value"],
    [["run", "--seeds", "3"], "Unknown option '--seeds'"],
    [["clean", "--html", "x"], "Unknown option '--html'"],
    [["diff", "a"], "name two notebooks"],
    [["report", "a"], "it takes no paths"],
  ])("refuse %j", (args, message) => expect(() => parseNotebooksOptions(args)).toThrow(message));
  it("are all in the help", () => {
    const names = [
      "parallel",
      "jobs",
      "only",
      "param",
      "profile",
      "engine",
      "kernel",
      "timeout",
      "timeout-notebook",
      "timeout-batch",
      "timeout-start",
    ];
    for (const name of [
      ...names,
      "fail-fast",
      "no-cache",
      "exclude",
      "shard",
      "retries",
      "update",
      "seeds",
      "dry-run",
      "check",
      "keep-outputs",
      "results",
      "json",
      "junit",
      "html",
      "github",
    ]) {
      expect(usage).toContain(`--${name}`);
    }
  });

  it("reads parts, retries and what is excluded", () => {
    const options = parseNotebooksOptions([
      "check",
      "--shard",
      "2/4",
      "--retries",
      "2",
      "--exclude",
      "a",
      "--exclude",
      "b/**",
    ]);
    expect(options).toMatchObject({ shard: { part: 2, of: 4 }, retries: 2, exclude: ["a", "b/**"] });
    expect(() => parseNotebooksOptions(["check", "--shard", "5/4"])).toThrow("--shard must read i/n");
    expect(() => parseNotebooksOptions(["check", "--retries", "many"])).toThrow("--retries must be an integer");
  });
});
