/**
 * Transfer learning on CIFAR-10 with MobileNetV2 0.35, beside Keras in the same run, in turn: the frozen stage of five
 * epochs, feature extraction alone, fine-tuning of all layers, and the input pipeline alone. Seconds of a round.
 *
 *     npm run bench -- transfer [--only frozen,features,finetune,input] [--images 50000] [--size 96] [--epochs 5]
 *                               [--steps 40] [--rounds 3] [--json file]
 *
 * Takes the images that `cifar10.load` finds, and the ImageNet weights from `DNN_LAB_MODELS`, the cache or the network.
 */
import { parseArgs } from "node:util";
import { cifar10, provenance, useEngine } from "dnn-lab";
import { checkNumber, checkOneOf } from "dnn-lab-core/check";
import { writeFileAtomic } from "dnn-lab-core/files";
import { checkRounds, measure, type Result, tableOf } from "./support/rounds";
import { TRANSFER_CASES, transferPeers } from "./support/transfer-peers";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: TRANSFER_CASES.join() },
      images: { type: "string", default: "50000" },
      size: { type: "string", default: "96" },
      epochs: { type: "string", default: "5" },
      steps: { type: "string", default: "40" },
      rounds: { type: "string", default: "3" },
      json: { type: "string" },
    },
  });
  const count = (name: "images" | "size" | "epochs" | "steps", max = Infinity) =>
    checkNumber("bench", `--${name}`, Number(values[name]), { integer: true, min: 1, ...(max < Infinity && { max }) });
  const rounds = checkRounds(values.rounds);
  const settings = { size: count("size"), batch: 32, epochs: count("epochs"), steps: count("steps") };
  const number = count("images", 50_000);
  await useEngine();
  const images = await cifar10.load({ split: `train[:${number}]` });
  const { source, notes } = images.info;
  const results: Result[] = [];
  for (const name of values.only.split(",")) {
    const one = checkOneOf("bench", "--only", name, TRANSFER_CASES);
    results.push(...(await measure(one, await transferPeers(one, { images, settings }), rounds)));
    // After each case: a long run that is ended keeps what it has.
    const record = { ...provenance(), rounds, images: number, ...settings, data: { source, notes }, results };
    if (values.json) writeFileAtomic(values.json, `${JSON.stringify(record, null, 2)}\n`);
    process.stderr.write(`${tableOf(results, "s")}\n`);
  }
  process.stdout.write(`${tableOf(results, "s")}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
