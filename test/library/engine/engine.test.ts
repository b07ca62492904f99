/** The choice of the engine, in processes of their own: an engine is chosen once, when TensorFlow.js is imported. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import type { EngineReport } from "../../../src/library/engine/engine";
import { choose } from "../../../src/library/engine/load";
import { featuresIn } from "../../../src/library/engine/machine";
import { forcedEngine } from "../../../src/library/engine/names";
import { supplyRemovedUtilities } from "../../../src/library/engine/node-compatibility";

const root = join(__dirname, "..", "..", "..");

interface Answer {
  report: EngineReport;
  backend: string;
  product: number[];
  copiesOfCore: number;
  output: string;
}

/** Runs the compiled library under `DNN_LAB_ENGINE=engine` and returns what it computed. */
async function run(engine: string, before = ""): Promise<Answer> {
  const script = `
    ${before}
    const { tf } = require("dnn-lab/internal/engine/tf");
    const { useEngine } = require("dnn-lab/internal/engine/engine");
    useEngine().then((report) => {
      require("danfojs-node");
      const product = Array.from(tf.matMul([[1, 2], [3, 4]], [[5], [6]]).dataSync());
      const copiesOfCore = Object.keys(require.cache).filter((name) => /tfjs-core[\\\\/]dist[\\\\/]tf-core.node.js$/.test(name)).length;
      console.log("ANSWER" + JSON.stringify({ report, backend: tf.getBackend(), product, copiesOfCore }));
    }, (error) => { console.error(error.message); process.exit(1); });`;
  const env = { ...process.env, DNN_LAB_ENGINE: engine };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: root, env });
  const [output, answer] = stdout.split("ANSWER");
  return { ...(JSON.parse(answer) as Omit<Answer, "output">), output: output + stderr };
}

describe.each([
  ["native", "tensorflow"],
  ["wasm", "wasm"],
  ["cpu", "cpu"],
])("DNN_LAB_ENGINE=%s", (engine, backend) => {
  let answer: Answer;
  beforeAll(async () => {
    answer = await run(engine);
  });

  it("computes there, with one copy of TensorFlow.js, danfo's included", () => {
    expect(answer.backend).toBe(backend);
    expect(answer.product).toEqual([17, 39]);
    expect(answer.copiesOfCore).toBe(1);
  });

  it("reports itself and says that it was forced", () => {
    expect(answer.report).toMatchObject({ name: engine, backend, rejected: [], tfjs: "4.22.0" });
    expect(answer.report.why).toContain(`DNN_LAB_ENGINE=${engine}`);
    expect(answer.report.tensorflow).toEqual(engine === "native" ? expect.stringMatching(/^2\.\d+\./) : undefined);
  });

  it("prints nothing of its own", () => {
    expect(answer.output).toBe("");
  });
});

describe("without DNN_LAB_ENGINE", () => {
  /** Makes `require` fail for the named packages, as if they were not there. */
  const without = (...names: string[]): string => `
    const Module = require("module");
    const resolve = Module._resolveFilename;
    Module._resolveFilename = function (name, ...rest) {
      if (${JSON.stringify(names)}.some((gone) => name.startsWith(gone))) throw new Error("taken away: " + name);
      return resolve.call(this, name, ...rest);
    };`;

  it("takes the native engine when it is there", async () => {
    const { report } = await run("");
    expect(report).toMatchObject({ name: "native", rejected: [], gpu: expect.any(Boolean) });
    expect(report.threads).toBeGreaterThan(0);
  });

  it("takes wasm without the native engine, and tells why", async () => {
    const { report, product } = await run("", without("@tensorflow/tfjs-node-gpu"));
    expect(product).toEqual([17, 39]);
    expect(report.name).toBe("wasm");
    expect(report.rejected).toEqual([{ engine: "native", reason: expect.stringContaining("not installed") }]);
  });

  it("takes cpu when nothing else is there", async () => {
    const { report, product } = await run("", without("@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-backend-wasm"));
    expect(product).toEqual([17, 39]);
    expect(report.name).toBe("cpu");
    expect(report.rejected.map(({ engine }) => engine)).toEqual(["native", "wasm"]);
  });

  it("takes cpu when WebAssembly does not compile", async () => {
    const { report, product } = await run(
      "",
      `${without("@tensorflow/tfjs-node-gpu")} WebAssembly.Module = class { constructor() { throw new Error("broken"); } };`,
    );
    expect(product).toEqual([17, 39]);
    expect(report.name).toBe("cpu");
  });

  it("refuses a forced engine that is not there, with the reason", async () => {
    await expect(run("native", without("@tensorflow/tfjs-node-gpu"))).rejects.toThrow(
      /DNN_LAB_ENGINE=native: .*not installed/,
    );
  });
});

describe("choose", () => {
  it("takes the first engine that starts and keeps the reasons of the others", () => {
    const choice = choose(undefined, (engine) => (engine === "cpu" ? undefined : `no ${engine}`));
    expect(choice).toEqual({
      engine: "cpu",
      forced: false,
      rejected: [
        { engine: "native", reason: "no native" },
        { engine: "wasm", reason: "no wasm" },
      ],
    });
  });

  it("tries nothing but a forced engine", () => {
    expect(() => choose("wasm", (engine) => `no ${engine}`)).toThrow("DNN_LAB_ENGINE=wasm: no wasm");
  });
});

describe("forcedEngine", () => {
  it("reads DNN_LAB_ENGINE, lists the engines for an unknown one and guesses", () => {
    expect(forcedEngine({})).toBeUndefined();
    expect(forcedEngine({ DNN_LAB_ENGINE: "" })).toBeUndefined();
    expect(forcedEngine({ DNN_LAB_ENGINE: "cpu" })).toBe("cpu");
    expect(() => forcedEngine({ DNN_LAB_ENGINE: "natve" })).toThrow(/'native', 'wasm', 'cpu'.*Did you mean 'native'/);
  });
});

describe("the machine", () => {
  it("names decisive features of x86 and ARM", () => {
    expect(featuresIn("processor: 0\nflags\t\t: fpu sse4_2 avx avx2 fma\nbugs: none")).toEqual([
      "sse4_2",
      "avx",
      "avx2",
      "fma",
    ]);
    expect(featuresIn("Features\t: fp asimd asimddp\n")).toEqual(["asimd", "asimddp"]);
    expect(featuresIn("")).toEqual([]);
  });

  it("supplies what Node 23 took away, and leaves what is there", () => {
    const own = (): boolean => true;
    const target: { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean } = {
      isArray: own,
    };
    supplyRemovedUtilities(target);
    expect([null, undefined, 0, ""].map((value) => target.isNullOrUndefined?.(value))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(target.isArray).toBe(own);
  });
});

describe.each(["native", "wasm", "cpu"])(
  "35-model-first-on-wasm: nothing is awaited before, DNN_LAB_ENGINE=%s",
  (engine) => {
    it("makes a tensor, a layer, trains, saves and loads a model", async () => {
      const script = `
      const { tf, sgd, fit, datasetFromArrays } = require("dnn-lab");
      const sum = tf.sum(tf.tensor1d([1, 2, 3])).dataSync()[0];
      const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
      model.compile({ optimizer: sgd(), loss: "meanSquaredError" });
      const folder = require("fs").mkdtempSync(require("path").join(require("os").tmpdir(), "dnn-lab-engine-"));
      (async () => {
        await fit(model, datasetFromArrays({ features: [[1], [2]], labels: [[1], [2]] }), { verbose: 0 });
        await model.save("file://" + folder);
        const loaded = await tf.loadLayersModel("file://" + folder + "/model.json");
        const [before, after] = [model, loaded].map((one) => one.predict(tf.tensor2d([[3]])).dataSync()[0]);
        console.log("ANSWER" + JSON.stringify({ backend: tf.getBackend(), sum, same: before === after }));
      })().finally(() => require("fs").rmSync(folder, { recursive: true }));`;
      const env = { ...process.env, DNN_LAB_ENGINE: engine };
      const { stdout, stderr } = await promisify(execFile)(process.execPath, ["-e", script], { cwd: root, env });
      const backend = { native: "tensorflow", wasm: "wasm", cpu: "cpu" }[engine];
      expect(JSON.parse(stdout.split("ANSWER")[1] ?? stderr)).toEqual({ backend, sum: 6, same: true });
    });
  },
);
