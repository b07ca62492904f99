/** What is known of a repository, ours or another user's. */
import { execFileSync } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { commitOf } from "../../src/core/commit";

const NOBODY = 65_534;
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn-commit-"));
  const git = (...args: string[]): unknown =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
      cwd: folder,
      stdio: "ignore",
    });
  writeFileSync(join(folder, "a.txt"), "a");
  git("init");
  git("add", ".");
  git("commit", "-m", "first");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("tells the commit, and whether anything was changed since", () => {
  expect(commitOf(folder)).toEqual({ commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string, dirty: false });
  writeFileSync(join(folder, "a.txt"), "b");
  expect(commitOf(folder).dirty).toBe(true);
});

it.runIf(process.getuid?.() === 0)("knows the commit of another user's clone too", () => {
  for (const name of [
    "",
    ".git",
    ...readdirSync(join(folder, ".git"), { recursive: true, encoding: "utf8" }).map((each) => join(".git", each)),
  ])
    chownSync(join(folder, name), NOBODY, NOBODY);
  expect(commitOf(folder)).toEqual({ commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string, dirty: true });
});

it("says that it does not know where there is no repository", () => {
  rmSync(join(folder, ".git"), { recursive: true });
  expect(commitOf(folder)).toEqual({ commit: "unknown", dirty: true });
});
