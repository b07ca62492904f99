/**
 * Data of one's own, beside Keras and tf.data in the same run, in turn, each training in a process of its own: seconds,
 * samples per second, peak of memory.
 *
 *     npm run bench -- data [--only flow] [--gigabytes 20] [--rounds 1] [--json file]
 *
 * `flow`: so many gigabytes of generated samples pass through a training.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { checkNumber, checkOneOf } from "dnn-lab-core/check";
import { findUpward, writeFileAtomic } from "dnn-lab-core/files";
import { provenance } from "dnn-lab";
import { textTable } from "dnn-lab/internal/reports/tables/text-table";
import type { DataRun } from "./support/data-child";
import { checkRounds } from "./support/rounds";

const CASES = ["flow"] as const;
const PEERS = ["ours", "Keras"] as const;
const run = promisify(execFile);

interface Result extends DataRun {
  readonly case: string;
  readonly peer: (typeof PEERS)[number];
  readonly round: number;
}

async function trained(peer: (typeof PEERS)[number], args: readonly string[]): Promise<DataRun> {
  const root = findUpward(__dirname, "package.json") as string;
  const python = join(root, ".venv", "bin", "python");
  const support = join(root, "scripts", "bench", "support");
  const [command, script] =
    peer === "ours"
      ? [process.execPath, join(__dirname, "support", "data-child.js")]
      : [python, join(support, "keras_data.py")];
  const { stdout } = await run(command, [script, ...args], { cwd: root, maxBuffer: 2 ** 24 });
  return JSON.parse(stdout.trim().split("\n").at(-1) as string) as DataRun;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: CASES.join() },
      gigabytes: { type: "string", default: "20" },
      rounds: { type: "string", default: "1" },
      json: { type: "string" },
    },
  });
  const gigabytes = checkNumber("bench", "--gigabytes", Number(values.gigabytes), { above: 0 });
  const rounds = checkRounds(values.rounds);
  const args: Record<(typeof CASES)[number], readonly string[]> = { flow: [String(gigabytes)] };
  const results: Result[] = [];
  for (const name of values.only.split(",").map((one) => checkOneOf("bench", "--only", one, CASES))) {
    for (let round = 0; round < rounds; round++) {
      for (const peer of PEERS) {
        results.push({ case: name, peer, round, ...(await trained(peer, [name, ...args[name]])) });
        process.stderr.write(`${name}: ${peer}, round ${round + 1} of ${rounds}\n`);
      }
    }
  }
  const rows = results.map(({ case: name, peer, seconds, samples, memoryMB }) => [
    ...[name, peer, seconds.toFixed(1), String(Math.round(samples / seconds)), String(Math.round(memoryMB))],
  ]);
  process.stdout.write(`${textTable(["case", "who", "seconds", "samples/s", "peak MB"], rows)}\n`);
  if (values.json) {
    writeFileAtomic(values.json, `${JSON.stringify({ ...provenance(), results }, null, 2)}\n`);
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
