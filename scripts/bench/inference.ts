/**
 * Inference of the course's network beside ONNX Runtime and TensorFlow.js: one sample, and 10,000, float32 in memory on
 * both sides, outputs as numbers in memory.
 *
 *     npm run bench -- inference [--rounds 5] [--json file]
 */
import { parseArgs } from "node:util";
import { provenance, useEngine } from "dnn-lab";
import { writeFileAtomic } from "dnn-lab-core/files";
import { checkRounds, measure, type Result, tableOf } from "./support/rounds";
import { inferenceCases, inferencePeers } from "./support/inference-peers";

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" }, json: { type: "string" } } });
  const rounds = checkRounds(values.rounds);
  await useEngine();
  const results: Result[] = [];
  for (const one of inferenceCases) results.push(...(await measure(one.name, await inferencePeers(one), rounds)));
  process.stdout.write(`${tableOf(results)}\n`);
  if (values.json) writeFileAtomic(values.json, `${JSON.stringify({ ...provenance(), rounds, results }, null, 2)}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
