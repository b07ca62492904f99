/** `dnn-lab-kernel`: its options, and the command itself in a package that is installed somewhere. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseKernelOptions } from "../../src/kernel/cli/kernel-options";
import type { KernelSpec } from "../../src/kernel/install";
import { buildKernel, root } from "./kernelUnderTest";

describe("options of dnn-lab-kernel", () => {
  it("tell the command and the place", () => {
    expect(parseKernelOptions(["install"])).toMatchObject({ command: "install", placed: false });
    expect(parseKernelOptions(["doctor", "--sys-prefix", "--name", "N"])).toEqual({
      command: "doctor",
      where: { user: undefined, sysPrefix: true, prefix: undefined, name: "N", environment: undefined },
      placed: true,
    });
    expect(parseKernelOptions(["uninstall", "--help"]).command).toBeUndefined();
    expect(parseKernelOptions(["install", "--env", "A=b=c", "--env", "D="]).where.environment).toEqual({
      A: "b=c",
      D: "",
    });
  });

  it.each([
    [[], "name a command"],
    [["instal"], "no command 'instal'"],
    [["install", "here"], "unexpected argument 'here'"],
    [["install", "--usr"], "Unknown option '--usr'"],
    [["install", "--prefix"], "argument missing"],
    [["install", "--prefix="], "--prefix needs a value"],
    [["install", "--user", "--prefix", "x"], "exclude each other"],
    [["install", "--name", "a/b"], "name must consist of"],
    [["install", "--env", "A"], "--env needs NAME=VALUE"],
  ])("%j is refused", (args, reason) => {
    expect(() => parseKernelOptions(args)).toThrow(reason);
  });
});

/** The package as npm would unpack it: what package.json's `files` names, as far as the kernel needs it, and no sources. */
describe("the command in an installed package, in a path with spaces", () => {
  let folder = "";
  let home = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "dnn lab command "));
    home = join(folder, "node_modules", "dnn-lab-kernel");
    mkdirSync(home, { recursive: true });
    cpSync(buildKernel(), join(home, "dist"), { recursive: true });
    for (const name of ["bin", "package.json"])
      cpSync(join(root, "src", "kernel", name), join(home, name), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(home, "node_modules"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function run(...args: string[]): Promise<{ code: number; output: string }> {
    const { bin } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as {
      bin: { "dnn-lab-kernel": string };
    };
    const env = { ...process.env, HOME: folder, XDG_DATA_HOME: "", JUPYTER_DATA_DIR: join(folder, "user"), PATH: "" };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [join(home, bin["dnn-lab-kernel"]), ...args],
        { cwd: folder, env },
        (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
      );
    });
  }

  it("installs, starts and removes the kernel, and sets up nothing", async () => {
    const spec = join(folder, "user", "kernels", "tslab", "kernel.json");
    expect(await run("doctor")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/✗ kernelspec: .* does not exist; run npx dnn-lab-kernel install/),
    });
    expect((await run("install")).code).toBe(0);
    const { argv } = JSON.parse(readFileSync(spec, "utf8")) as KernelSpec;
    expect(argv).toContain(join(home, "dist", "main.js"));
    const doctor = await run("doctor");
    expect(doctor.output).toMatch(/✓ start: dnn-lab .*TypeScript/);
    expect(doctor.code).toBe(0);
    expect((await run("uninstall")).code).toBe(0);
    expect(existsSync(spec)).toBe(false);
    expect((await run("uninstall")).code).toBe(1);
    expect(existsSync(join(home, ".cache"))).toBe(false);
  });

  it("goes below a named folder under a named name, and leaves another program's kernel alone", async () => {
    const place = ["--prefix", "an environment", "--name", "mine"];
    expect((await run("install", ...place)).code).toBe(0);
    const spec = join(folder, "an environment", "share", "jupyter", "kernels", "mine", "kernel.json");
    writeFileSync(spec, JSON.stringify({ argv: ["deno", "jupyter"], display_name: "Deno", language: "typescript" }));
    expect((await run("doctor", ...place)).output).toContain("starts deno jupyter, not this installation");
    expect(await run("uninstall", ...place)).toMatchObject({
      code: 1,
      output: expect.stringContaining("belongs to another program"),
    });
  });

  it("helps, and refuses what it does not know", async () => {
    expect(await run("--help")).toMatchObject({ code: 0, output: expect.stringContaining("--sys-prefix") });
    expect(await run("install", "--usr")).toMatchObject({
      code: 2,
      output: expect.stringContaining("Unknown option '--usr'"),
    });
    expect(await run("test")).toMatchObject({ code: 2, output: expect.stringContaining("no command 'test'") });
  });
});
