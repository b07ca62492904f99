/** `dnn-lab-notebooks` in a package that is installed somewhere, on another project's Python notebook. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { projectFolder } from "../../scripts/project-folder";
import { code, notebook, save } from "./notebooks";

const root = projectFolder();
let folder = "";
let home = "";

/** As npm would unpack it: what package.json's `files` names, and no sources. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn lab notebooks "));
  home = join(folder, "node_modules", "dnn-lab-notebooks");
  mkdirSync(home, { recursive: true });
  for (const name of ["bin", "dist", "runner", "package.json"])
    cpSync(join(root, "src", "notebooks", name), join(home, name), { recursive: true });
  // Beside it what it depends on, and that in turn.
  for (const name of readdirSync(join(root, "node_modules")).filter(
    (each) => !each.startsWith(".") && each !== "dnn-lab-notebooks",
  ))
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: string[]): Promise<{ code: number; output: string }> {
  const { bin } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { bin: Record<string, string> };
  const env = { ...process.env, VIRTUAL_ENV: join(root, ".venv") };
  return new Promise((settle) => {
    const child = execFile(
      process.execPath,
      [join(home, bin["dnn-lab-notebooks"]!), ...args],
      { cwd: folder, env },
      (_, stdout, stderr) => settle({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

it("checks, accepts and cleans", { timeout: 120_000 }, async () => {
  save(join(folder, "theirs", "a.ipynb"), notebook([code("print('loss:', 0.25)")], {}, "python3"));
  expect(await run("check", "theirs")).toMatchObject({ code: 4, output: expect.stringContaining("no-reference") });
  expect(await run("accept", "theirs")).toMatchObject({ code: 0, output: expect.stringContaining("accepted") });
  expect(await run("check", "theirs")).toMatchObject({
    code: 0,
    output: expect.stringContaining("as in the reference"),
  });
  expect(await run("clean", "theirs")).toMatchObject({ code: 0 });
  expect(await run("clean", "--check", "theirs")).toMatchObject({ code: 0 });
});
