/** One process at a time on a folder. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { takeFolder } from "dnn-lab-core/folder-lock";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

let folder: string;
let lock: string;
const use = { file: ".lock", work: "is grading", remedy: "give another folder" };
const take = (path = folder): (() => void) => takeFolder(path, use);
const ended = (): number => spawnSync(process.execPath, ["-e", ""]).pid;

/** Leaves a lock as another process would, `secondsAgo` it last showed that it works. */
function leave(content: string | object, secondsAgo = 0): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(lock, typeof content === "string" ? content : JSON.stringify(content));
  const at = Date.now() / 1000 - secondsAgo;
  utimesSync(lock, at, at);
}

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "lock ")), "a", "b");
  lock = join(folder, ".lock");
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(join(folder, "..", ".."), { recursive: true, force: true });
});

describe("a folder that is free", () => {
  it("is made, taken, and given back", () => {
    const giveBack = take();
    expect(JSON.parse(readFileSync(lock, "utf8"))).toEqual({ pid: process.pid, host: hostname() });
    giveBack();
    expect(existsSync(lock)).toBe(false);
    expect(existsSync(folder)).toBe(true);
  });

  it.each([
    ["the process has ended", { pid: ended(), host: hostname() }, 0],
    ["it is this process' own", { pid: process.pid, host: hostname() }, 0],
    ["another machine has been silent for more than a minute", { pid: 1, host: "elsewhere" }, 61],
    ["a process with its number runs, but has been silent", { pid: 1, host: hostname() }, 61],
    ["nothing was written into the lock", "", 2],
    ["the lock says nothing that is known", { pid: "1" }, 2],
  ])("is one whose lock was left: %s", (_, content, secondsAgo) => {
    leave(content, secondsAgo);
    take()();
    expect(existsSync(lock)).toBe(false);
  });

  it("shows every ten seconds that work goes on, until it is given back", () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const giveBack = take();
    const old = new Date(2000, 1, 1);
    const beat = (ms: number): boolean => {
      utimesSync(lock, old, old);
      vi.advanceTimersByTime(ms);
      return statSync(lock).mtimeMs > old.getTime();
    };
    expect([beat(9_000), beat(1_000), beat(10_000)]).toEqual([false, true, true]);
    giveBack();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("survives that somebody removes the lock meanwhile", () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const giveBack = take();
    rmSync(lock);
    expect(() => vi.advanceTimersByTime(10_000)).not.toThrow();
    leave({ pid: 1, host: "elsewhere" });
    giveBack();
    expect(existsSync(lock)).toBe(true);
  });
});

describe("a folder that is not free", () => {
  it.each([
    ["a process of this machine", { pid: 1, host: hostname() }, `process 1 on ${hostname()}`],
    ["a process of another machine, whatever its number", { pid: process.pid, host: "elsewhere" }, "on elsewhere"],
    ["one that is just writing its name", "", "another process"],
  ])("is held by %s", (_, content, who) => {
    leave(content);
    expect(take).toThrow(`${folder}: `);
    expect(take).toThrow(who);
    expect(take).toThrow("is grading there. Wait for it, or give another folder.");
    expect(existsSync(lock)).toBe(true);
  });

  it.each([59, 30])("is held by another machine that was silent for %i seconds", (seconds) => {
    leave({ pid: 1, host: "elsewhere" }, seconds);
    expect(take).toThrow("process 1 on elsewhere");
  });
});

describe("a folder that cannot be used", () => {
  it("has a file in its path", () => {
    writeFileSync(join(folder, "..", "..", "file"), "");
    const path = join(folder, "..", "..", "file", "x");
    expect(() => take(path)).toThrow(`the folder ${path} cannot be used: a part of its path is a file`);
  });

  it("is a file", () => {
    mkdirSync(join(folder, ".."), { recursive: true });
    writeFileSync(folder, "");
    expect(take).toThrow(`the folder ${folder} cannot be used: `);
  });

  // Root may write everywhere.
  it.runIf(process.getuid?.() !== 0)("may not be written to", () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o500);
    expect(take).toThrow("you may not write there");
  });
});
