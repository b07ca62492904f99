/** The set-up's step that registers the kernels, in a copy of its own. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { buildKernel } from "../kernel/kernelUnderTest";
import { copySetUp } from "./load";

interface Step {
  key(): string;
  intact(): boolean;
  run(): Promise<{ note: string }>;
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn lab kernelspec "));
  copySetUp(folder);
  mkdirSync(join(folder, "node_modules", "tslab"), { recursive: true });
  writeFileSync(join(folder, "node_modules", "tslab", "package.json"), JSON.stringify({ version: "1.0.22" }));
  // What the kernel's package imports, as npm links it.
  symlinkSync(join(__dirname, "..", "..", "src", "core"), join(folder, "node_modules", "dnn-lab-core"), "junction");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("registers ours as tslab, once it is built, and stock tslab beside it; a changed file is seen", async () => {
  const { kernelspecStep } = require(join(folder, "scripts", "setup", "steps", "kernelspec.mjs")) as {
    kernelspecStep: Step;
  };
  const before = kernelspecStep.key();
  expect(kernelspecStep.intact()).toBe(false);
  cpSync(buildKernel(), join(folder, "src", "kernel", "dist"), { recursive: true });
  expect(kernelspecStep.key()).not.toBe(before);
  expect(kernelspecStep.intact()).toBe(false);

  await kernelspecStep.run();
  expect(kernelspecStep.intact()).toBe(true);
  const file = (name: string) => join(folder, ".venv", "share", "jupyter", "kernels", name, "kernel.json");
  const argv = (name: string) => (JSON.parse(readFileSync(file(name), "utf8")) as { argv: string[] }).argv;
  expect(argv("tslab")).toContain(join(folder, "src", "kernel", "dist", "main.js"));
  expect(argv("tslab-stock")).toContain(join(folder, "node_modules", "tslab", "bin", "tslab"));

  for (const name of ["tslab", "tslab-stock"]) {
    writeFileSync(file(name), "{}");
    expect(kernelspecStep.intact()).toBe(false);
    await kernelspecStep.run();
    expect(kernelspecStep.intact()).toBe(true);
  }
});
