/** Real processes, really killed: at moments that may fall into a step, a validation or the writing of a checkpoint. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { RandomStream } from "../../../../src/core/random";
import { temporaryFolder } from "./runs";

const program = join(__dirname, "train-child.cjs");
const KILLS = 10;
const FILES = ["weights.bin", "history.json", "log.csv"];

/** Starts the training and, when `killAfterMs` is given, kills it so long after its first step; resolves to the signal. */
function train(args: readonly string[], killAfterMs?: number): Promise<NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let errors = "";
    child.stderr.on("data", (text) => (errors += text));
    child.stdout.once("data", () => {
      if (killAfterMs !== undefined) setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    });
    child.once("error", reject);
    child.once("close", (code, signal) => (code ? reject(new Error(errors)) : resolve(signal)));
  });
}

it(`a training killed ${KILLS} times ends as one that was left alone`, async () => {
  const [whole, killed, checkpoints] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  expect(await train([whole])).toBeNull();
  const random = new RandomStream(20);
  for (let kill = 0; kill < KILLS; kill++) {
    const signal = await train([killed, checkpoints], random.uniform(5, 110));
    expect(signal, `it ended before kill ${kill}`).toBe("SIGKILL");
  }
  expect(await train([killed, checkpoints])).toBeNull();
  for (const name of FILES) {
    expect(readFileSync(join(killed, name)).equals(readFileSync(join(whole, name))), name).toBe(true);
  }
  expect(readFileSync(join(checkpoints, "finished.json"), "utf8")).toContain('"finished": true');
}, 500_000);
