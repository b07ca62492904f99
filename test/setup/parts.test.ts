/** The parts of the set-up that decide something. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { load } from "./load";

interface Package {
  version: string;
  optional?: boolean;
  link?: boolean;
}
interface Python {
  version: string;
  executable: string;
  bits: number;
  implementation: string;
  venv: boolean;
  ensurepip: boolean;
}
interface Owner {
  host: string;
  pid: number;
  silentMs: number;
}

const { firstDifference } = load<{
  firstDifference(
    wanted: Record<string, Package>,
    installed: Record<string, Package>,
    exists: (path: string) => boolean,
  ): string | undefined;
}>("setup/steps/node-packages.mjs");
const { findPython, unsuitable } = load<{
  findPython(
    names: string[],
    ask: (name: string) => Python | undefined,
  ): { python?: Python; rejected: { name: string; reason: string }[] };
  unsuitable(python: Python): string | undefined;
}>("../src/library/setup/python.mjs");
const { isStale, withLock } = load<{
  isStale(owner: Owner, self?: string): boolean;
  withLock<T>(
    work: () => Promise<T>,
    options: { file: string; pollMs?: number; onWait?: (owner: Owner) => void },
  ): Promise<T>;
}>("setup/lock.mjs");
const { problemFromOutput } = load<{
  problemFromOutput(what: string, output: string, otherwise: string): Error & { why: string; remedy: string };
}>("../src/library/setup/problem.mjs");
const { needSpace } = load<{ needSpace(gigabytes: number): void }>("setup/disk.mjs");
const { staleOutputs } = load<{ staleOutputs(outputs: string[], sources: string[]): string[] }>(
  "setup/steps/build.mjs",
);
const { distFolder, root } = load<{ distFolder: string; root: string }>("setup/paths.mjs");
const { isCommandOf } = load<{ isCommandOf(name: string, modules: string, command: string): boolean }>(
  "setup/steps/compiler-command.mjs",
);
const { parseTestArguments, hasTimeLeft } = load<{
  parseTestArguments(args: string[]): object;
  hasTimeLeft(spentMs: number, within?: string): boolean;
}>("test.mjs");
interface Failure {
  file: string;
  name: string;
  message: string;
}
const { countsOf, failuresOf, listed, unsteadyTests, withSecondLook } = load<{
  countsOf(report: object | undefined, code: number): object;
  failuresOf(report: object | undefined): Failure[];
  listed(heading: string, failures: Failure[]): string;
  unsteadyTests(first: Failure[], second: Failure[]): Failure[];
  withSecondLook(report: object, later: object): object;
}>("test/report.mjs");
const { render, verdict } = load<{
  render(finding: object): string;
  verdict(blockers: number, gaps: number): string;
}>("doctor.mjs");

describe("npm packages against the lockfile", () => {
  const wanted = {
    "": { version: "0" },
    "node_modules/a": { version: "1.0.0" },
    "node_modules/b": { version: "2.0.0", optional: true },
  };
  const a = { "node_modules/a": { version: "1.0.0" } };
  it.each([
    ["all there", { ...a, "node_modules/b": { version: "2.0.0" } }, true, undefined],
    ["an optional one missing", a, true, undefined],
    ["a needed one missing", { "node_modules/b": { version: "2.0.0" } }, true, "node_modules/a"],
    ["another version", { "node_modules/a": { version: "1.0.1" } }, true, "node_modules/a"],
    ["an optional one in another version", { ...a, "node_modules/b": { version: "1.0.0" } }, true, "node_modules/b"],
    ["recorded, but its folder is gone", a, false, "node_modules/a"],
  ])("%s", (_, installed, exists, difference) => {
    expect(firstDifference(wanted, installed, () => exists)).toBe(difference);
  });
});

describe("the choice of Python", () => {
  const python = (version: string, rest: Partial<Python> = {}): Python => {
    return {
      version,
      executable: `/bin/python${version}`,
      bits: 64,
      implementation: "CPython",
      venv: true,
      ensurepip: true,
      ...rest,
    };
  };

  it.each([
    ["3.9.2", {}, "too old"],
    ["3.10.0", {}, undefined],
    ["3.13.1", {}, undefined],
    ["3.14.0", {}, "no wheel"],
    ["2.7.18", {}, "too old"],
    ["3.12.0", { bits: 32 }, "32-bit"],
    ["3.11.0", { implementation: "PyPy" }, "PyPy"],
  ])("%s %o", (version, rest, reason) => {
    const found = unsuitable(python(version, rest));
    if (reason) expect(found).toContain(reason);
    else expect(found).toBeUndefined();
  });

  it("takes the first that will do, and says why not those before", () => {
    const there: Record<string, Python> = {
      python3: python("3.14.0"),
      python: python("3.11.2", { ensurepip: false }),
      "python3.12": python("3.12.1"),
    };
    const { python: chosen, rejected } = findPython(
      ["python3", "python", "python3.13", "python3.12"],
      (name) => there[name],
    );
    expect(chosen?.version).toBe("3.12.1");
    expect(rejected.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
      expect.stringContaining("python3: is 3.14.0, for which TensorFlow has no wheel"),
      "python: has no ensurepip",
      "python3.13: was not found, or does not start",
    ]);
  });

  it("returns one that lacks only ensurepip when there is no other, so that the remedy can be named", () => {
    const { python: chosen } = findPython(["python3", "python"], (name) =>
      name === "python" ? python("3.11.2", { ensurepip: false }) : undefined,
    );
    expect(chosen?.version).toBe("3.11.2");
  });
});

describe("the lock", () => {
  const here = { host: hostname(), pid: process.pid, silentMs: 0 };
  it.each([
    ["an owner that lives", here, false],
    ["one whose process is gone", { ...here, pid: 2 ** 22 + 1 }, true],
    ["one that is silent for long, its number taken by another", { ...here, silentMs: 3_600_000 }, true],
    ["one on another host", { ...here, host: "elsewhere", pid: 2 ** 22 + 1 }, false],
    ["a silent one on another host", { ...here, host: "elsewhere", silentMs: 120_000 }, true],
  ])("%s", (_, owner, stale) => {
    expect(isStale(owner)).toBe(stale);
  });

  const lockFile = (): string => {
    const folder = mkdtempSync(join(tmpdir(), "lock-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return join(folder, "lock");
  };

  it("lets one work at a time", async () => {
    const file = lockFile();
    let inside = 0;
    let most = 0;
    const waited: number[] = [];
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await sleep(60);
      inside--;
    };
    const options = { file, pollMs: 10, onWait: ({ pid }: Owner) => waited.push(pid) };
    await Promise.all([withLock(work, options), withLock(work, options), withLock(work, options)]);
    expect(most).toBe(1);
    expect(waited).toContain(process.pid);
  });

  it("is released after a failure, and taken over from one that was killed, or left empty by a full disk", async () => {
    const file = lockFile();
    await expect(withLock(() => Promise.reject(new Error("failed")), { file })).rejects.toThrow("failed");
    writeFileSync(file, JSON.stringify({ token: "x", pid: 2 ** 22 + 1, host: hostname() }));
    expect(await withLock(() => Promise.resolve("taken over"), { file, pollMs: 10 })).toBe("taken over");
    writeFileSync(file, "");
    utimesSync(file, 1, 1);
    expect(await withLock(() => Promise.resolve("taken over"), { file, pollMs: 10 })).toBe("taken over");
  });
});

describe("causes and remedies", () => {
  it.each([
    ["npm error code ENOTFOUND\nnpm error network request to https://r/ failed", "registry could not be reached"],
    ["pip._vendor.urllib3.exceptions.ReadTimeoutError: Read timed out.", "registry could not be reached"],
    ["OSError: [Errno 28] No space left on device", "disk is full"],
    ["npm error code ENOSPC", "disk is full"],
    ["npm error code EACCES", "may not be written"],
    ["ssl.SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED", "certificate is not trusted"],
  ])("%s", (output, cause) => {
    const problem = problemFromOutput("it failed", output, "otherwise");
    expect(problem.why).toContain(cause);
    expect(problem.remedy).not.toBe("otherwise");
    expect(String(problem)).toMatch(/^it failed\n {2}Cause: .*\n[^]* {2}What to do: ./);
  });

  it("shows the last lines of what it does not know", () => {
    const problem = problemFromOutput("it failed", `${"x\n".repeat(50)}the end`, "otherwise");
    expect(problem.why).toMatch(/x\nthe end$/);
    expect(problem.why.split("\n").length).toBeLessThan(20);
    expect(problem.remedy).toBe("otherwise");
  });

  it("looks at the disk beforehand", () => {
    expect(() => needSpace(1e9)).toThrow("not enough free disk space");
    expect(() => needSpace(0)).not.toThrow();
  });
});

describe("stale outputs of the build", () => {
  it("are those whose source is gone", () => {
    const built = ["a.js", "a.d.ts", "a.js.map", "gone.js", "deep/style.css"].map((name) =>
      join(root, "src", "kernel", "dist", name),
    );
    const own = ["scripts/b.js", "scripts/gone.js", ".tsbuildinfo"].map((name) => join(distFolder, name));
    const sources = ["src/kernel/a.ts", "src/kernel/deep/style.css", "scripts/b.ts"].map((name) => join(root, name));
    expect(staleOutputs([...built, ...own], sources)).toEqual([
      join(root, "src", "kernel", "dist", "gone.js"),
      join(distFolder, "scripts", "gone.js"),
    ]);
  });
});

describe("npx tsc", () => {
  it("is the project's TypeScript, not the one that tslab brings", () => {
    const command = join(root, "node_modules", ".bin", "tsc");
    const { version } = JSON.parse(readFileSync(join(root, "node_modules", "typescript", "package.json"), "utf8")) as {
      version: string;
    };
    expect(execFileSync(process.execPath, [command, "--version"], { encoding: "utf8" })).toBe(`Version ${version}\n`);
  });

  it.each([
    ["a link to the package", "../typescript/bin/tsc", undefined, true],
    ["a link to another's", "../@tslab/typescript-for-tslab/bin/tsc", undefined, false],
    ["a script as on Windows", undefined, 'exec node "$basedir/../typescript/bin/tsc" "$@"', true],
    ["another's script", undefined, 'exec node "$basedir/../@tslab/typescript-for-tslab/bin/tsc" "$@"', false],
  ])("is looked at: %s", (_, link, script, ours) => {
    const modules = mkdtempSync(join(tmpdir(), "modules-"));
    onTestFinished(() => rmSync(modules, { recursive: true, force: true }));
    for (const name of ["typescript", "@tslab/typescript-for-tslab"]) {
      mkdirSync(join(modules, name, "bin"), { recursive: true });
      writeFileSync(join(modules, name, "bin", "tsc"), "require('../lib/tsc.js')");
    }
    mkdirSync(join(modules, ".bin"));
    if (link) symlinkSync(link, join(modules, ".bin", "tsc"));
    if (script) writeFileSync(join(modules, ".bin", "tsc"), script);
    expect(isCommandOf("typescript", modules, "tsc")).toBe(ours);
  });
});

describe("npm test", () => {
  const report = {
    numPassedTests: 5,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 0,
    testResults: [{ status: "passed", assertionResults: [{}] }],
  };
  it.each([
    ["all well", report, 0, { passed: 5, failed: 0, skipped: 1 }],
    ["a failed test", { ...report, numFailedTests: 2 }, 1, { passed: 5, failed: 2, skipped: 1 }],
    [
      "a file that does not load",
      { ...report, testResults: [{ status: "failed", assertionResults: [] }] },
      1,
      { passed: 5, failed: 1, skipped: 1 },
    ],
    ["an error outside the tests", report, 1, { passed: 5, failed: 1, skipped: 1 }],
    ["no report at all", undefined, 0, { passed: 0, failed: 1, skipped: 0 }],
  ])("counts %s", (_, given, code, counts) => {
    expect(countsOf(given, code)).toEqual(counts);
  });

  it("names what failed, and tells what passed in a second look", () => {
    const assertion = (fullName: string, status: string) => ({ fullName, status, failureMessages: [`${fullName}!`] });
    const file = (name: string, status: string, ...assertionResults: object[]) => ({
      name: join(root, name),
      status,
      assertionResults,
      message: "cannot be loaded",
    });
    const first = {
      testResults: [
        file("test/a.test.ts", "passed", assertion("one", "passed")),
        file("test/b.test.ts", "failed", assertion("two", "failed"), assertion("three", "failed")),
        file("test/c.test.ts", "failed"),
      ],
    };
    const failures = failuresOf(first);
    expect(failures.map((each) => `${each.file} ${each.name}: ${each.message}`)).toEqual([
      "test/b.test.ts two: two!",
      "test/b.test.ts three: three!",
      "test/c.test.ts : cannot be loaded",
    ]);
    const second = {
      testResults: [
        file("test/b.test.ts", "failed", assertion("two", "passed"), assertion("three", "failed")),
        file("test/c.test.ts", "passed", assertion("four", "skipped")),
      ],
    };
    expect(countsOf(withSecondLook(first, second), 1)).toEqual({ passed: 2, failed: 1, skipped: 1 });
    const unsteady = unsteadyTests(failures, failuresOf(second));
    expect(unsteady.map(({ name }) => name)).toEqual(["two", ""]);
    expect(listed("Unsteady:", unsteady)).toBe(
      "\nUnsteady:\n- test/b.test.ts > two\n    two!\n- test/c.test.ts (did not load)\n    cannot be loaded",
    );
    expect(listed("Failed:", [])).toBe("");
  });

  it("keeps its own options from vitest's", () => {
    expect(parseTestArguments(["--node", "24", "test/core", "-t", "x"])).toEqual({
      node: "24",
      alsoNode: undefined,
      within: undefined,
      rest: ["test/core", "-t", "x"],
    });
    expect(parseTestArguments(["--also-node", "22", "--within", "80"])).toEqual({
      node: undefined,
      alsoNode: "22",
      within: "80",
      rest: [],
    });
    expect(() => parseTestArguments(["--node"])).toThrow("--node needs a major version");
    expect(() => parseTestArguments(["--within", "80"])).toThrow("--within is about --also-node");
    expect(() => parseTestArguments(["--within", "soon"])).toThrow("--within needs a number of minutes");
  });

  it("leaves the other Node out where it would end too late", () => {
    const minutes = (count: number) => count * 60_000;
    expect(hasTimeLeft(minutes(57), "80")).toBe(true);
    expect(hasTimeLeft(minutes(58), "80")).toBe(false);
    expect(hasTimeLeft(minutes(1_000))).toBe(true);
  });
});

describe("the doctor's words", () => {
  it("shows a finding with its remedy below", () => {
    expect(render({ state: "gap", title: "engine", detail: "two\nlines", remedy: "npm run setup" })).toBe(
      "  ! engine: two\n      lines\n      → npm run setup",
    );
    expect(verdict(0, 0)).toBe("Everything is there.");
    expect(verdict(0, 1)).toContain("Usable, with 1 gap");
    expect(verdict(2, 1)).toContain("Not usable: 2 things");
  });
});
