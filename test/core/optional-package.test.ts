/** Packages that need not be there. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  EXTRAS_FOLDER,
  findOptional,
  findOptionalFolder,
  requiredPath,
  requireOptional,
} from "dnn-lab-core/optional-package";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

let project: string;
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), "optional ")));
  vi.spyOn(process, "cwd").mockReturnValue(join(project, "notebooks"));
  mkdirSync(join(project, "notebooks"));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(project, { recursive: true, force: true });
});

function install(name: string, below: string): string {
  const folder = join(project, below, "node_modules", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, main: "main.js" }));
  writeFileSync(join(folder, "main.js"), `module.exports = ${JSON.stringify(below)};`);
  return folder;
}

describe("a package that is not ours to install", () => {
  it.each([
    ["in the user's project", ""],
    ["among what setup adds there", EXTRAS_FOLDER],
  ])("is found %s", (_, below) => {
    const name = `only-${below.length}`;
    const folder = install(name, below);
    expect(findOptional(name)).toBe(join(folder, "main.js"));
    expect(findOptionalFolder(name)).toBe(folder);
    expect(requireOptional(name, "tables", "tables")).toBe(below);
  });

  it("is found beside our own packages", () => {
    expect(findOptional("vitest/package.json")).toMatch(/node_modules.vitest.package\.json$/);
    expect(findOptionalFolder("vitest")).toMatch(/node_modules.vitest$/);
  });

  it("is named with the command that adds it when it is missing", () => {
    expect([findOptional("no-such-package"), findOptionalFolder("no-such-package")]).toEqual([undefined, undefined]);
    expect(() => requiredPath("no-such-package", "dataFrame", "tables")).toThrow(
      "dataFrame needs the npm package no-such-package, which is not installed. Add it: npx dnn-lab setup tables",
    );
  });
});
