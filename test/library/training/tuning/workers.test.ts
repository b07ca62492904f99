/** Searches whose trials run in other processes: as many as one likes, killed at any moment, also through a queue. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { isAlive } from "../../../../src/core/processes";
import { RandomStream } from "../../../../src/core/random";
import { findRedisServer } from "../../../../src/grader/sandbox/programs";
import { allowedOrder } from "../../../../src/library/training/tuning/trial-queue";
import { temporaryFolder } from "../resume/runs";

const root = join(__dirname, "..", "..", "..", "..");
const program = join(__dirname, "search-child.cjs");
const server = findRedisServer();
if (server === undefined) console.warn("Skipped: there is no redis-server (apt install redis-server)");

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Starts a search; `onLine` is told each training, and may kill whom it likes. */
function search(
  folder: string,
  options: object = {},
  onLine: (line: string, child: ChildProcess) => void = () => undefined,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, folder, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [text, errors] = ["", ""];
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      for (const line of chunk.toString().split("\n").filter(Boolean)) onLine(line, child);
    });
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, lines: text.trim().split("\n"), errors }));
  });
}

/** What the search found, as text; fails when it did not come to its end. */
function found({ code, lines, errors }: Outcome): string {
  expect(code, errors).toBe(0);
  return lines.at(-1)!;
}

/** The processes that a process has started. */
function childrenOf(pid: number): number[] {
  const task = `/proc/${pid}/task/${pid}/children`;
  return readFileSync(task, "utf8").trim().split(" ").filter(Boolean).map(Number);
}

let whole: string;
beforeAll(async () => {
  whole = found(await search("none"));
}, 120_000);

describe("a search with workers", () => {
  it("finds what one process finds, to the bit, and leaves no process and no folder", async () => {
    const pids: number[] = [];
    const result = await search("none", { workers: 2 }, (_, { pid }) => pids.push(...childrenOf(pid!)));
    expect(found(result)).toBe(whole);
    expect(new Set(pids).size).toBe(2);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("dnn-lab-tune-"))).toEqual([]);
  }, 120_000);

  it("finds the same although workers are killed", async () => {
    let kills = 0;
    const result = await search(temporaryFolder(), { workers: 2 }, (line, { pid }) => {
      const [first] = childrenOf(pid!);
      if (kills >= 4 || first === undefined || !line.startsWith("trained")) return;
      kills++;
      process.kill(first, "SIGKILL");
    });
    expect(found(result)).toBe(whole);
    expect(kills).toBe(4);
  }, 240_000);

  it("goes on where it was when all of it was killed", async () => {
    const folder = temporaryFolder();
    const random = new RandomStream(4);
    for (let kill = 0; kill < 3; kill++) {
      const after = 1 + random.integer(3);
      let trained = 0;
      const { signal } = await search(folder, { workers: 2 }, (_, child) => {
        if (++trained === after) child.kill("SIGKILL");
      });
      expect(signal).toBe("SIGKILL");
    }
    expect(found(await search(folder, { workers: 2 }))).toBe(whole);
  }, 240_000);

  it("says why a trial failed, and gives one up whose process always dies", async () => {
    const failed = await search("none", { workers: 2, exported: "frail" });
    expect([failed.code, failed.errors]).toEqual([
      1,
      expect.stringMatching(/^tune: trial \d \(.*\): too many units\n$/),
    ]);
    const deadly = await search("none", { workers: 1, exported: "deadly" });
    expect([deadly.code, deadly.errors]).toEqual([
      1,
      expect.stringMatching(/: its process ended 3 times: SIGKILL \(out of memory\?\)\n$/),
    ]);
  }, 240_000);
});

describe.skipIf(server === undefined)("a search through the queue", () => {
  it("is shared with a worker that was started by hand, and loses nothing when that one is killed", async () => {
    const [folder, scratch] = [temporaryFolder(), temporaryFolder()];
    const socket = join(scratch, "redis");
    const redis = spawn(server!, ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", scratch], {
      stdio: "ignore",
    });
    const command = join(root, "src", "library", "bin", "dnn-lab.mjs");
    const args = ["tune-worker", "--redis", socket, "--folder", folder, "--folder", __dirname];
    const elsewhere = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let [theirs, mine] = [0, 0];
    elsewhere.stdout.on("data", (chunk: Buffer) => (theirs += chunk.toString().split("up to epoch").length - 1));
    try {
      const result = await search(folder, { redis: socket, workers: 1 }, (line) => {
        if (line.startsWith("trained") && ++mine === 8) elsewhere.kill("SIGKILL");
      });
      expect(found(result)).toBe(whole);
      expect(theirs).toBeGreaterThan(0);
      expect(theirs).toBeLessThan(mine);
    } finally {
      elsewhere.kill("SIGKILL");
      redis.kill("SIGKILL");
    }
  }, 240_000);

  it("says so when no server answers, or its worker is told nothing", async () => {
    const none = await search(temporaryFolder(), { redis: join(temporaryFolder(), "nothing") });
    expect([none.code, none.errors]).toEqual([1, expect.stringContaining("no Redis server answers at")]);
    const command = join(root, "src", "library", "bin", "dnn-lab.mjs");
    const told = promisify(execFile)(process.execPath, [command, "tune-worker", "--redis", "redis://elsewhere"]);
    await expect(told).rejects.toThrow("tune-worker needs --folder");
  }, 60_000);
});

it("a worker touches nothing but its folders, whatever the queue says", () => {
  const path = (name: string): string => join(root, name);
  const order = {
    spec: { folder: path("test") },
    build: { path: path("test/a.mjs"), name: "build" },
    data: { path: path("test/a.mjs"), name: "data" },
    job: { trial: 0 },
  };
  expect(allowedOrder(order, [path("test")])).toEqual(order);
  for (const wrong of [
    { ...order, build: { path: path("src/../docs/a.mjs"), name: "build" } },
    { ...order, spec: { folder: path("test/../docs") } },
    { ...order, data: { path: "/etc/passwd", name: "data" } },
  ])
    expect(() => allowedOrder(wrong, [path("test")])).toThrow("this worker touches nothing else (--folder)");
  expect(() => allowedOrder({ ...order, build: undefined }, [path("test")])).toThrow("an order without a path");
  expect(() => allowedOrder("rm -rf", [path("test")])).toThrow("the queue's order: expected an object");
});
