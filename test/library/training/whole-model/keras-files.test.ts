import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fit, loadModel, predict, saveModel, tf } from "../../../../src/library/index";
import { build, compile, setFirstWeights, weightsInOrder } from "../networks/build";
import { type Case, families, type Family } from "../networks/cases";
import { dataOf } from "../networks/compare";

const PYTHON = join(__dirname, "../../../../.venv/bin/python");
const SCRIPT = join(__dirname, "../../../expected/keras_models.py");
const folder = mkdtempSync(join(tmpdir(), "whole models "));
const [OURS, THEIRS] = ["ours", "theirs"].map((name) => join(folder, name));
for (const each of [OURS, THEIRS]) mkdirSync(each);
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Some networks of the table (test/expected/network_cases.py), one for each kind of layer, graph and optimizer;
 * DNN_LAB_ALL_MODELS takes all, which is a matter of minutes.
 */
const CHOSEN = process.env.DNN_LAB_ALL_MODELS
  ? /^(?!losses\/huber$|calls\/masked_decoder$)/ // Keras forgets a delta, and a mask beside a state.
  : new RegExp(
      [
        "^calls/(shared_embedding|siamese_norm|encoder_decoder_lstm|norm_twice_deep)$",
        "^attention/cross$",
        "^masks/(attention|stacked_cells|bidirectional|Concatenate_of_masked|into_nested)$",
        "^optimizers/(momentum|amsgrad|nadam|rmsprop_centered|schedule)$",
        "^accumulation/ema_accumulated$",
        "^shaped/(two_outputs_metrics|nested_frozen)$",
        "^losses/(binary_smoothed|sparse_logits)$",
        "^(windows/conv_lstm|convolutional/separable|axes/prelu_shared|normalized/batch_images|regularized/MaxNorm)$",
      ].join("|"),
    );

interface Pair {
  readonly family: Family;
  readonly each: Case;
  readonly name: string;
}

const pairs: readonly Pair[] = families.flatMap((family) =>
  family.cases
    .map((each) => ({ family, each, name: `${family.name}/${each.name}` }))
    .filter(({ name }) => CHOSEN.test(name) && !/^(weighted|weighted_parts)\//.test(name)),
);

/** What the script prints last. */
function python<T>(...args: string[]): T {
  const output = execFileSync(PYTHON, [SCRIPT, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(output.trim().split("\n").pop() as string) as T;
}

async function outputs(model: tf.LayersModel, { family, each }: Pair): Promise<number[][]> {
  const found = [
    await predict<tf.Tensor | tf.Tensor[]>(model, dataOf(family, each).batch(family.samples), { compile: false }),
  ].flat();
  const values = found.map((tensor) => Array.from(tensor.dataSync()));
  tf.dispose(found);
  return values;
}

const train = (model: tf.LayersModel, { family, each }: Pair) =>
  fit(model, dataOf(family, each).batch(family.batchSize), { epochs: 2, verbose: 0 });

const largest = (a: readonly number[][], b: readonly number[][]): number =>
  Math.max(...a.map((row, i) => Math.max(...row.map((value, k) => Math.abs(value - b[i][k])))));

describe.skipIf(!existsSync(PYTHON))("whole models of both", () => {
  it(
    "what is saved here, Keras loads, predicts the same and trains on in the same way",
    { timeout: 900_000 },
    async () => {
      for (const pair of pairs) {
        const built = build(pair.each.model);
        setFirstWeights(weightsInOrder(pair.each.model, built));
        compile(built.model, pair.each);
        await train(built.model, pair);
        const stem = join(OURS, pair.name.replace("/", "-"));
        await saveModel(built.model, `${stem}.keras`);
        const before = await outputs(built.model, pair);
        await train(built.model, pair);
        writeFileSync(
          `${stem}.json`,
          JSON.stringify({ case: pair.name, before, after: await outputs(built.model, pair) }),
        );
      }
      const found = python<Record<string, Record<string, unknown>>>("check", OURS);
      const wrong = Object.entries(found).filter(
        ([, { predicts, trained }]) => !(Number(predicts) <= 1e-5 && Number(trained) <= 1e-4),
      );
      expect(Object.fromEntries(wrong)).toEqual({});
      expect(Object.keys(found).length).toBe(pairs.length);
    },
  );

  describe("what Keras has saved", () => {
    beforeAll(() => void python("make", THEIRS, ...pairs.map(({ name }) => name)), 900_000);

    it.each(pairs)("$name predicts and trains on here as there", async (pair) => {
      const stem = join(THEIRS, pair.name.replace("/", "-"));
      const { before, after } = JSON.parse(readFileSync(`${stem}.json`, "utf8")) as Record<string, number[][]>;
      const model = await loadModel(`${stem}.keras`);
      expect(largest(await outputs(model, pair), before)).toBeLessThanOrEqual(1e-5);
      await train(model, pair);
      expect(largest(await outputs(model, pair), after)).toBeLessThanOrEqual(1e-4);
      model.dispose();
    });
  });

  it("has tested every file", () => expect(readdirSync(OURS).length).toBe(2 * pairs.length));
});
