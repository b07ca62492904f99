import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { makeFolder } from "../../src/core/files";

it("makes what is missing, leaves what is there, and ends where the system refuses", () => {
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  makeFolder(join(folder, "a", "b"));
  makeFolder(join(folder, "a", "b"));
  expect(existsSync(join(folder, "a", "b"))).toBe(true);
  writeFileSync(join(folder, "file"), "");
  expect(() => makeFolder(join(folder, "file", "x"))).toThrow("ENOTDIR");
});

it.runIf(existsSync("/proc/self"))("does not try for ever below /proc", () => {
  expect(() => makeFolder("/proc/dnn-lab-results")).toThrow("ENOENT");
});
