/**
 * What a base that the library pretrains itself is worth: test accuracy on classes that the base has not seen, with few
 * samples of each, against the same convnet trained from scratch on the same samples in as many steps, over several seeds.
 *
 *     npm run bench -- few-samples [--seeds 5] [--per-class 5,20,100] [--target 6,7,8,9] [--test 2000] [--json file]
 *
 * `DNN_LAB_SOURCE=generated` takes the stand-in for CIFAR-10 even where the real images are at hand.
 */
import { parseArgs } from "node:util";
import {
  addOnTop,
  adam,
  cifar10,
  convnet,
  type Dataset,
  evaluate,
  fit,
  freeze,
  onlyClasses,
  provenance,
  selfPretrainedBase,
  setRandomSeed,
  takePerClass,
  tf,
} from "dnn-lab";
import { writeFileAtomic } from "dnn-lab-core/files";
import { textTable } from "dnn-lab/internal/reports/tables/text-table";

/** Steps of each training, for every number of samples. */
const STEPS = 600;
const BATCH_SIZE = 16;
const FILTERS = [32, 64, 128];

interface Outcome {
  readonly perClass: number;
  readonly seed: number;
  readonly transfer: number;
  readonly scratch: number;
}

interface Task {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly classes: number;
  readonly base: () => Promise<tf.LayersModel>;
}

async function accuracyOf(model: tf.LayersModel, few: Dataset, test: Dataset, seed: number): Promise<number> {
  model.compile({
    optimizer: adam({ learningRate: 0.001 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  const data = few.shuffle({ bufferSize: few.size, seed }).batch(BATCH_SIZE);
  await fit(model, data, { epochs: Math.ceil(STEPS / data.stepsPerEpoch), verbose: 0 });
  const { accuracy } = await evaluate(model, test.batch(100), { verbose: 0 });
  return accuracy;
}

async function compare({ train, test, classes, base }: Task, perClass: number, seed: number): Promise<Outcome> {
  const few = takePerClass(train, perClass, { seed });
  setRandomSeed(seed);
  const head = () => tf.layers.dense({ units: classes, activation: "softmax" });
  const transfer = await accuracyOf(addOnTop(freeze(await base()), [head()]), few, test, seed);
  tf.disposeVariables();
  setRandomSeed(seed);
  const scratch = await accuracyOf(convnet({ classes, filters: FILTERS }), few, test, seed);
  tf.disposeVariables();
  return { perClass, seed, transfer, scratch };
}

/** Mean ± standard deviation of a sample. */
function spread(values: readonly number[]): string {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return `${mean.toFixed(3)} ± ${Math.sqrt(squares / Math.max(1, values.length - 1)).toFixed(3)}`;
}

function tableOf(outcomes: readonly Outcome[]): string {
  const rows = [...new Set(outcomes.map(({ perClass }) => perClass))].map((perClass) => {
    const own = outcomes.filter((outcome) => outcome.perClass === perClass);
    const gains = own.map(({ transfer, scratch }) => transfer - scratch);
    const better = `${gains.filter((gain) => gain > 0).length} of ${gains.length}`;
    const [transfer, scratch] = [own.map((one) => one.transfer), own.map((one) => one.scratch)];
    return [String(perClass), spread(transfer), spread(scratch), spread(gains), better];
  });
  return textTable(["samples a class", "transfer", "from scratch", "gain", "seeds with gain"], rows);
}

const numbers = (list: string) => list.split(",").map(Number);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "5" },
      "per-class": { type: "string", default: "5,20,100" },
      target: { type: "string", default: "6,7,8,9" },
      test: { type: "string", default: "2000" },
      json: { type: "string" },
    },
  });
  const targetClasses = numbers(values.target);
  const [train, test] = (await cifar10.load({ split: ["train", "test"] })).map((data) => data.rescale(1 / 255));
  const task: Task = {
    train: onlyClasses(train, targetClasses),
    test: onlyClasses(test, targetClasses).take(Number(values.test)),
    classes: targetClasses.length,
    base: () => selfPretrainedBase(train, { targetClasses, filters: FILTERS }),
  };
  const outcomes: Outcome[] = [];
  for (const perClass of numbers(values["per-class"])) {
    for (let seed = 1; seed <= Number(values.seeds); seed++) {
      const outcome = await compare(task, perClass, seed);
      outcomes.push(outcome);
      process.stderr.write(
        `${perClass} a class, seed ${seed}: transfer ${outcome.transfer.toFixed(3)}, from scratch ${outcome.scratch.toFixed(3)}\n`,
      );
      const { source, notes } = train.info;
      if (values.json) {
        const record = { ...provenance(), data: { source, notes, targetClasses }, steps: STEPS, outcomes };
        writeFileAtomic(values.json, `${JSON.stringify(record, null, 2)}\n`);
      }
    }
  }
  process.stdout.write(`${tableOf(outcomes)}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
