/** Helpers that several packages share. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { bytesOf } from "dnn-lab-core/bytes";
import { delay } from "dnn-lab-core/delay";
import { environmentProgram } from "dnn-lab-core/environment-program";
import { messageOf } from "dnn-lab-core/errors";
import { hashOf, hashOfAll } from "dnn-lab-core/hash";
import { rounded } from "dnn-lab-core/numbers";
import { isRecord } from "dnn-lab-core/objects";
import { readPackageFile } from "dnn-lab-core/package-file";
import { isAlive } from "dnn-lab-core/processes";
import { afterEach, describe, expect, it, vi } from "vitest";

const core = join(__dirname, "..", "..", "src", "core");

describe("isAlive", () => {
  afterEach(() => vi.restoreAllMocks());

  it("tells a running process from one that ended", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    expect(isAlive(process.pid)).toBe(true);
    expect(isAlive(pid)).toBe(false);
  });

  it("counts a process of another user", () => {
    vi.spyOn(process, "kill").mockImplementation(() => {
      throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
    });
    expect(isAlive(1)).toBe(true);
  });
});

describe("delay", () => {
  it("resolves after its time, not before", async () => {
    vi.useFakeTimers();
    const done = vi.fn();
    void delay(50).then(done);
    await vi.advanceTimersByTimeAsync(49);
    expect(done).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  it("lets the process end when asked to", () => {
    const unref = vi.fn();
    vi.stubGlobal("setTimeout", () => ({ unref }));
    void delay(1000);
    expect(unref).not.toHaveBeenCalled();
    void delay(1000, { keepsAlive: false });
    expect(unref).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
  });
});

it("rounds to decimal places", () => {
  expect([rounded(0.12345, 3), rounded(1.0005, 3), rounded(-2.5, 0), rounded(7, 2)]).toEqual([0.123, 1.001, -2, 7]);
});

it("finds a message in whatever was thrown", () => {
  expect([messageOf(new TypeError("no")), messageOf("text"), messageOf(undefined)]).toEqual([
    "no",
    "text",
    "undefined",
  ]);
});

it("takes objects with named values for records, and nothing else", () => {
  expect([{}, { a: 1 }, new Date()].map(isRecord)).toEqual([true, true, true]);
  expect([null, undefined, [], "a", 1, () => 1].map(isRecord)).toEqual(Array<boolean>(6).fill(false));
});

it("reads only its own part of a shared buffer, without a copy", () => {
  const all = new Float32Array([1, 2, 3, 4]);
  const bytes = bytesOf(all.subarray(1, 3));
  expect([bytes.byteOffset, bytes.byteLength]).toEqual([4, 8]);
  expect(bytes.buffer).toBe(all.buffer);
});

// The examples of RFC 1321 and FIPS 180-4.
it("hashes texts and bytes one after another", () => {
  expect(hashOf("md5", "abc")).toBe("900150983cd24fb0d6963f7d28e17f72");
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(hashOf("sha256", "abc")).toBe(abc);
  expect(hashOf("sha256", "a", new Uint8Array([98]), "c")).toBe(abc);
  expect(hashOfAll("sha256", new Set(["a", "bc"]))).toBe(abc);
});

it("reads a package's name and version", () => {
  expect(readPackageFile(core)).toMatchObject({ name: "dnn-lab-core" });
  expect(() => readPackageFile(join(core, "checks"))).toThrow("ENOENT");
});

it("knows where a Python environment has its programs", () => {
  expect(environmentProgram("venv", "python", "linux")).toBe(join("venv", "bin", "python"));
  expect(environmentProgram("venv", "python", "win32")).toBe(join("venv", "Scripts", "python.exe"));
});
