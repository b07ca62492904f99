/** A notebook outside of any project: what is installed with the kernel is found, for the check and at run time; else the error says how to install it. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { code, notebook } from "../notebooks/notebooks";
import { jupyterPath, python } from "./kernelUnderTest";

function run(folder: string, jupyter: string): Promise<string> {
  const args = ["-m", "nbconvert", "--to", "markdown", "--allow-errors", "--execute", "a.ipynb"];
  const env = { ...process.env, JUPYTER_PATH: jupyter };
  return new Promise((settle) =>
    execFile(python, args, { cwd: folder, env }, () => settle(readFileSync(join(folder, "a.md"), "utf8"))),
  );
}

it(
  "finds packages beside the kernel, and names the command for those that are nowhere",
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "outside of a project "));
    const jupyter = jupyterPath();
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    onTestFinished(() => rmSync(join(jupyter, "..", ".."), { recursive: true, force: true }));
    const cells = [
      code('import { RandomStream } from "dnn-lab-core/random";\nnew RandomStream(0).integer(1)'),
      code('import * as ts from "typescript";\nts.version.split(".").length'),
      code('import { x } from "no-such-package-anywhere";\nx'),
    ];
    writeFileSync(join(folder, "a.ipynb"), JSON.stringify(notebook(cells)));
    const text = await run(folder, jupyter);
    expect(text).toMatch(/integer\(1\)[^]*?\n {4}0\n/);
    expect(text).toMatch(/split[^]*?\n {4}3\n/);
    expect(text).toContain("npm install no-such-package-anywhere");
  },
);
