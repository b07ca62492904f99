import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cacheFolder, dataFolder } from "../../src/core/folders";

afterEach(() => vi.unstubAllEnvs());

describe("dataFolder", () => {
  it("is what DNN_LAB_DATA names, if it is set", () => {
    vi.stubEnv("DNN_LAB_DATA", "");
    expect(dataFolder()).toBeUndefined();
    vi.stubEnv("DNN_LAB_DATA", ".");
    expect(dataFolder()).toBe(resolve("."));
  });

  it("must be a folder", () => {
    const folder = mkdtempSync(join(tmpdir(), "dnn-lab-folders-"));
    writeFileSync(join(folder, "file"), "");
    for (const name of ["file", "missing"]) {
      vi.stubEnv("DNN_LAB_DATA", join(folder, name));
      expect(() => dataFolder()).toThrow(`DNN_LAB_DATA is set to ${join(folder, name)}, which is no folder`);
    }
    rmSync(folder, { recursive: true });
  });
});

describe("cacheFolder", () => {
  it("is DNN_LAB_CACHE, else in the user's cache folder", () => {
    vi.stubEnv("XDG_CACHE_HOME", join(tmpdir(), "x"));
    vi.stubEnv("DNN_LAB_CACHE", "kept here");
    expect(cacheFolder()).toBe(resolve("kept here"));
    vi.stubEnv("DNN_LAB_CACHE", "");
    expect(cacheFolder()).toBe(join(tmpdir(), "x", "dnn-lab"));
    vi.stubEnv("XDG_CACHE_HOME", "");
    expect(cacheFolder().startsWith(homedir())).toBe(true);
    expect(cacheFolder().endsWith("dnn-lab")).toBe(true);
  });
});
