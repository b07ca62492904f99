import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commitOf } from "../../../src/core/commit";
import { provenance } from "../../../src/library/reports/provenance";

describe("commitOf", () => {
  test("tells the commit, and whether the files differ from it", () => {
    const folder = mkdtempSync(join(tmpdir(), "repository "));
    const git = (...parts: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@localhost", ...parts], {
        cwd: folder,
        encoding: "utf8",
        stdio: "pipe",
      });
    git("init", "--quiet");
    writeFileSync(join(folder, "a"), "1");
    git("add", "a");
    git("-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", "First");
    const commit = git("rev-parse", "HEAD").trim();
    expect(commitOf(folder)).toEqual({ commit, dirty: false });
    writeFileSync(join(folder, "a"), "2");
    expect(commitOf(folder)).toEqual({ commit, dirty: true });
    rmSync(folder, { recursive: true });
  });

  test("says unknown where there is no repository", () => {
    const folder = mkdtempSync(join(tmpdir(), "plain "));
    expect(commitOf(folder)).toEqual({ commit: "unknown", dirty: true });
    rmSync(folder, { recursive: true });
  });
});

test("provenance names versions, engine and machine", () => {
  const { project, versions, engine, machine } = provenance();
  expect(project).toBe("dnn-lab");
  expect(versions).toMatchObject({ node: process.versions.node, "@tensorflow/tfjs": "4.22.0" });
  expect(engine.name).toMatch(/^(native|wasm|cpu)$/);
  expect(machine.cores).toBeGreaterThan(0);
});
