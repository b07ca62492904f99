/**
 * Training, side by side in one run: this library, Keras (as the course writes it, and at its best), JAX,
 * PyTorch and plain TensorFlow.js. They take turns within each round, so that all meet the same noise; figures are medians over the rounds.
 *
 *     npm run bench -- training [--only mlp16,mlp128,convnet,mobilenet,transformer,lstm,course] [--rounds 5] [--json file] [--figure file]
 */
import { parseArgs } from "node:util";
import { Figure, provenance, saveFigure, tf, useEngine } from "dnn-lab";
import { checkOneOf } from "dnn-lab-core/check";
import { writeFileAtomic } from "dnn-lab-core/files";
import { coursePeers } from "./support/course-example";
import { checkRounds, measure, type Result, tableOf } from "./support/rounds";
import { rounded } from "./support/statistics";
import { trainingCases } from "./support/training-cases";
import { peersFor, type Peers } from "./support/training-peers";

const NAMES = [...trainingCases.map(({ name }) => name), "course"];

/** `quick` shrinks everything, for a test of the benchmark itself. */
async function startPeers(name: string, quick: boolean): Promise<Peers> {
  const one = trainingCases.find((candidate) => candidate.name === name);
  if (one === undefined) return coursePeers(quick);
  return peersFor(one, (steps) => (quick ? Math.min(steps, 4) : steps));
}

/** Bars of the ratios, one group a case. */
function figureOf(results: readonly Result[]): Figure {
  const peers = [...new Set(results.map(({ peer }) => peer))];
  const data = peers.map((peer) => {
    const own = results.filter((result) => result.peer === peer);
    const y = own.map(({ ratio }) => Number(rounded(ratio)));
    return { type: "bar", name: peer, x: own.map((result) => result.case), y, text: y.map(String) };
  });
  const title = { text: "Time per training step, as a multiple of dnn-lab's" };
  const layout = { title, barmode: "group", yaxis: { title: { text: "Times ours" }, type: "log" } };
  return new Figure(data, layout, "Time per training step of each peer, as a multiple of dnn-lab's.");
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: NAMES.join() },
      rounds: { type: "string", default: "5" },
      json: { type: "string" },
      figure: { type: "string" },
      quick: { type: "boolean", default: false },
    },
  });
  const rounds = checkRounds(values.rounds);
  await useEngine();
  const results: Result[] = [];
  for (const name of values.only.split(",")) {
    const peers = await startPeers(checkOneOf("bench", "--only", name, NAMES), values.quick);
    results.push(...(await measure(name, peers, rounds)));
    tf.disposeVariables();
    // After each case: a long run that is ended keeps what it has.
    if (values.json) writeFileAtomic(values.json, `${JSON.stringify({ ...provenance(), rounds, results }, null, 2)}\n`);
    process.stderr.write(`${tableOf(results)}\n`);
  }
  process.stdout.write(`${tableOf(results)}\n`);
  if (values.figure) await saveFigure(figureOf(results), values.figure);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
