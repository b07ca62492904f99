/**
 * Data of one's own, beside Keras and tf.data in the same run, in turn, each training in a process of its own: seconds,
 * samples per second, peak of memory.
 *
 *     npm run bench -- data [--only flow,csv,pictures96,pictures224,kept96] [--gigabytes 20] [--rows 1000000]
 *                           [--pictures 20000] [--rounds 1] [--json file]
 *
 * `flow`: so many gigabytes of generated samples pass through a training. `csv`: a table of so many rows to a trained
 * model. `pictures96`, `pictures224`: a folder of so many JPEGs, drawn here, through an epoch of MobileNetV2 0.35;
 * `kept96`: the same with decoded pictures kept on disk, in the second run. Needs the package sharp.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { checkNumber, checkOneOf } from "dnn-lab-core/check";
import { findUpward, writeFileAtomic } from "dnn-lab-core/files";
import { provenance } from "dnn-lab";
import { textTable } from "dnn-lab/internal/reports/tables/text-table";
import type { DataRun } from "./support/data-child";
import { drawJpegs, writeTable } from "./support/data-files";
import { checkRounds } from "./support/rounds";

const CASES = ["flow", "csv", "pictures96", "pictures224", "kept96"] as const;
const PEERS = ["ours", "Keras"] as const;
type Peer = (typeof PEERS)[number];
const run = promisify(execFile);

interface Result extends DataRun {
  readonly case: string;
  readonly peer: Peer;
  readonly round: number;
}

async function trained(peer: Peer, args: readonly string[]): Promise<DataRun> {
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

interface Work {
  args(peer: Peer): readonly string[];
  /** What is run before, and not measured. */
  first?(peer: Peer): readonly (readonly string[])[];
}

/** Makes the files of a case. */
async function prepared(
  name: (typeof CASES)[number],
  folder: string,
  { gigabytes, rows, pictures }: Readonly<Record<"gigabytes" | "rows" | "pictures", number>>,
): Promise<Work> {
  if (name === "flow") return { args: () => ["flow", String(gigabytes)] };
  if (name === "csv") {
    const file = join(folder, "table.csv");
    writeTable(file, rows);
    return { args: () => ["csv", file] };
  }
  const size = name === "pictures224" ? 224 : 96;
  const jpegs = join(folder, `jpegs${size}`);
  await drawJpegs(jpegs, size, pictures);
  if (name !== "kept96") return { args: () => ["pictures", jpegs, String(size), ""] };
  const args = (peer: Peer) => ["pictures", jpegs, String(size), join(folder, `kept ${peer}`)];
  return { args, first: (peer) => [args(peer)] };
}

function tableOf(results: readonly Result[]): string {
  const lines = results.map(({ case: name, peer, seconds, samples, memoryMB }) => [
    ...[name, peer, seconds.toFixed(1), String(Math.round(samples / seconds)), String(Math.round(memoryMB))],
  ]);
  return textTable(["case", "who", "seconds", "samples/s", "peak MB"], lines);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: CASES.join() },
      gigabytes: { type: "string", default: "20" },
      rows: { type: "string", default: "1000000" },
      pictures: { type: "string", default: "20000" },
      rounds: { type: "string", default: "1" },
      json: { type: "string" },
    },
  });
  const gigabytes = checkNumber("bench", "--gigabytes", Number(values.gigabytes), { above: 0 });
  const rounds = checkRounds(values.rounds);
  const count = (name: "rows" | "pictures") =>
    checkNumber("bench", `--${name}`, Number(values[name]), { integer: true, min: 100 });
  const sizes = { gigabytes, rows: count("rows"), pictures: count("pictures") };
  const names = values.only.split(",").map((one) => checkOneOf("bench", "--only", one, CASES));
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-bench-data-"));
  const results: Result[] = [];
  const { json } = values;
  const keep = () => {
    if (json) writeFileAtomic(json, `${JSON.stringify({ ...provenance(), results }, null, 2)}\n`);
  };
  try {
    for (const name of names) {
      const work = await prepared(name, folder, sizes);
      for (let round = 0; round < rounds; round++) {
        for (const peer of PEERS) {
          for (const first of work.first?.(peer) ?? []) await trained(peer, first);
          results.push({ case: name, peer, round, ...(await trained(peer, work.args(peer))) });
          // After each: hours may pass, and a run that is ended keeps what it has.
          keep();
          process.stderr.write(`${tableOf(results.slice(-1))}\n`);
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  process.stdout.write(`${tableOf(results)}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
