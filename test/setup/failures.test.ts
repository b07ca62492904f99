/** Whole set-ups of a tiny copy that cannot succeed: each ends with the cause and the remedy. */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { copySetUp } from "./load";

// Making an environment takes 3 s on an idle machine.
vi.setConfig({ testTimeout: 180_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "set up "));
  copySetUp(folder);
  mkdirSync(join(folder, "bin"));
  symlinkSync(process.execPath, join(folder, "bin", "node"));
  write("requirements.txt", "nbclient==0.11.0\n");
  lock({});
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

/** A lockfile with `packages`; without any, node_modules counts as installed. */
function lock(packages: Record<string, { version: string }>): void {
  const content = {
    name: "x",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: { "": { name: "x", version: "1.0.0" }, ...packages },
  };
  write(
    "package.json",
    JSON.stringify({
      name: "x",
      version: "1.0.0",
      dependencies: Object.keys(packages).length ? { "left-pad": "1.3.0" } : {},
    }),
  );
  write("package-lock.json", JSON.stringify(content));
  if (Object.keys(packages).length === 0) write("node_modules/.package-lock.json", JSON.stringify({ packages: {} }));
}

function fakePython(answer: object): void {
  write("bin/python3", `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`);
  chmodSync(join(folder, "bin", "python3"), 0o755);
}

interface Outcome {
  code: number;
  output: string;
}

/** Runs a task with nothing in PATH but the copy's own `bin` and what is named. */
function run(
  args: string[],
  { env = {}, path = "" }: { env?: Record<string, string>; path?: string } = {},
): Promise<Outcome> {
  const all = {
    HOME: join(folder, "home"),
    PATH: `${join(folder, "bin")}${path && `:${path}`}`,
    npm_config_fetch_retries: "0",
    ...env,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [...args], { cwd: folder, env: all }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
    });
  });
}

const setup = (options = {}) => run(["scripts/run.mjs", "setup"], options);

describe("npm run setup says what is wrong and what to do", () => {
  it("an old Node", async () => {
    const old = `data:text/javascript,Object.defineProperty(process, "versions", { value: { node: "20.18.3" } })`;
    const { code, output } = await run(["--import", old, "scripts/run.mjs", "test"]);
    expect(code).toBe(1);
    expect(output).toMatch(/needs Node 20\.19\.0 or newer; this is Node 20\.18\.3/);
    expect(output).toContain("What to do: install the current LTS version");
  });

  it("no Python", async () => {
    const { code, output } = await setup();
    expect(code).toBe(1);
    expect(output).toMatch(/Python was not found\n {2}Cause: tried python3, python/);
    expect(output).toMatch(/What to do: .*apt-get install python3 python3-venv.*DNN_LAB_PYTHON=/);
  });

  it("a Python that is too new", async () => {
    fakePython({
      version: "3.15.0",
      executable: "/bin/x",
      bits: 64,
      implementation: "CPython",
      venv: true,
      ensurepip: true,
    });
    const { code, output } = await setup();
    expect(code).toBe(1);
    expect(output).toContain("python3 is 3.15.0, for which TensorFlow has no wheel");
  });

  it("a Python without its venv module, as Debian ships it", async () => {
    fakePython({
      version: "3.11.2",
      executable: "/usr/bin/python3",
      bits: 64,
      implementation: "CPython",
      venv: true,
      ensurepip: false,
    });
    const { code, output } = await setup();
    expect(code).toBe(1);
    expect(output).toContain("apt-get install python3.11-venv");
  });

  it("no npm registry", async () => {
    lock({ "node_modules/left-pad": { version: "1.3.0" } });
    const env = { npm_config_registry: "http://127.0.0.1:9/", npm_execpath: process.env.npm_execpath ?? "" };
    const { code, output } = await setup({ env, path: process.env.PATH });
    expect(code).toBe(1);
    expect(output).toMatch(/npm packages could not be installed\n {2}Cause: the package registry could not be reached/);
    expect(existsSync(join(folder, ".cache", "setup", "node-packages.json"))).toBe(false);
  });

  it("no Python registry, and a half-made environment is made anew", async () => {
    const env = {
      PIP_INDEX_URL: "http://127.0.0.1:9/",
      PIP_RETRIES: "1",
      PIP_CONFIG_FILE: "/dev/null",
      PIP_FIND_LINKS: "",
    };
    write(".venv/pyvenv.cfg", "half");
    write(".cache/setup/python-environment.begun", "killed");
    const { code, output } = await setup({ env, path: process.env.PATH });
    expect(code).toBe(1);
    expect(output).toMatch(/✓ Python environment/);
    expect(output).toMatch(
      /Python packages could not be installed\n {2}Cause: the package registry could not be reached/,
    );
    expect(existsSync(join(folder, ".cache", "setup", "python-packages.begun"))).toBe(true);
    expect(existsSync(join(folder, ".cache", "setup", "lock"))).toBe(false);
  });

  it("an unknown task or option", async () => {
    expect(await run(["scripts/run.mjs", "reprodce"])).toMatchObject({
      code: 2,
      output: expect.stringContaining("Unknown task 'reprodce'"),
    });
    expect(await run(["scripts/run.mjs", "setup", "--gqu"])).toMatchObject({
      code: 1,
      output: expect.stringContaining("unknown option '--gqu'"),
    });
  });
});

describe("npm run doctor before the set-up", () => {
  it("tells what is missing, changes nothing and names what stands in the way", async () => {
    rmSync(join(folder, "node_modules"), { recursive: true });
    const { code, output } = await run(["scripts/run.mjs", "doctor"]);
    expect(code).toBe(1);
    expect(output).toContain("✗ Python: Python was not found");
    expect(output).toContain("! npm packages: not done yet");
    expect(output).toMatch(/Not usable: \d things? stands? in the way/);
    expect(existsSync(join(folder, ".cache"))).toBe(false);
  });
});
