/**
 * A process that searches: `node search-child.cjs <folder> <options as JSON>`. Prints a line for each training, and at the
 * end the trials without their times, with the best model's weights, as one line of JSON.
 */
const { join } = require("node:path");
const lab = require("dnn-lab");

const { hp } = lab;
const [folder, more = "{}"] = process.argv.slice(2);
const { exported = "build", ...options } = JSON.parse(more);
const module_ = join(__dirname, "network.cjs");

const withoutSeconds = (key, value) => (key === "seconds" ? undefined : value);

async function main() {
  const { trials, best, history, model } = await lab.tune(`${module_}#${exported}`, module_, {
    space: { units: hp.int(4, 12), learningRate: hp.logUniform(1e-4, 1e-1) },
    trials: 9,
    epochs: 9,
    strategy: "halving",
    seed: 5,
    verbose: 0,
    ...(folder === "none" ? {} : { folder }),
    onTrial: ({ trial, epochs }) => console.log(`trained ${trial} ${epochs}`),
    ...options,
  });
  const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()));
  console.log(JSON.stringify({ trials, best: best.trial, history, weights }, withoutSeconds));
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
