/** `--help` of every command prints help, and starts nothing: no set-up, no build, no file. */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(__dirname, "..", "..");
/** A clone in which nothing was ever set up, and a folder to give the commands in; both must stay as they are. */
let clone: string;
let here: string;

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), "help-"));
  [clone, here] = ["clone", "here"].map((name) => join(folder, name)) as [string, string];
  mkdirSync(here);
  const parts = [
    "package.json",
    "package-lock.json",
    "requirements.txt",
    "scripts",
    "case-studies",
    "src/library/setup",
  ];
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", ...parts], {
    cwd: root,
    encoding: "utf8",
  });
  for (const file of files.split("\0").filter(Boolean)) cpSync(join(root, file), join(clone, file));
});
afterAll(() => rmSync(dirname(clone), { recursive: true, force: true }));

const filesBelow = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

function run(script: string, args: readonly string[]): Promise<{ code: unknown; output: string }> {
  const env = { PATH: process.env.PATH, HOME: here, INIT_CWD: here, XDG_CACHE_HOME: join(here, "cache") };
  return new Promise((settle) => {
    const child = execFile(process.execPath, [script, ...args], { cwd: here, env }, (_, stdout, stderr) =>
      settle({ code: child.exitCode, output: stdout + stderr }),
    );
  });
}

async function expectHelp(script: string, args: readonly string[]): Promise<void> {
  const before = filesBelow(clone);
  const { code, output } = await run(script, args);
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("Usage: ") });
  expect(filesBelow(here)).toEqual([]);
  expect(filesBelow(clone)).toEqual(before);
}

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
const submissions = ["author", "check", "submit", "grade", "worker", "similar"];

describe("npm run … -- --help in a clone that was never set up", () => {
  it.each([...Object.keys(scripts), ...submissions])("%s", async (task) => {
    const runner = join(clone, "scripts", "run.mjs");
    await expectHelp(runner, [task, "something", task === "setup" ? "-h" : "--help"]);
  });

  it("without a task", () => expectHelp(join(clone, "scripts", "run.mjs"), ["--help"]));

  it.each(readdirSync(join(root, "scripts")).filter((name) => name.endsWith(".mjs")))(
    "scripts/%s by itself does no work",
    async (name) => {
      const before = filesBelow(clone);
      expect(await run(join(clone, "scripts", name), ["--help"])).toMatchObject({ code: 0 });
      expect([filesBelow(here), filesBelow(clone)]).toEqual([[], before]);
    },
  );
});

/** Command → its subcommands. */
const commands: Readonly<Record<string, readonly string[]>> = {
  "library/bin/dnn-lab.mjs": ["setup", "doctor", "kernel", "notebooks", ...submissions],
  "kernel/bin/dnn-lab-kernel.mjs": ["install", "uninstall", "doctor"],
  "notebooks/bin/dnn-lab-notebooks.mjs": ["run", "check", "accept", "clean", "diff", "report", "verify"],
  "grader/bin/dnn-lab-grader.mjs": submissions,
};

describe("the packages' commands", () => {
  it("are all here", () => {
    const bins = readdirSync(join(root, "src")).flatMap((name) => {
      const { bin = {} } = JSON.parse(readFileSync(join(root, "src", name, "package.json"), "utf8")) as {
        bin?: object;
      };
      return Object.values(bin).map((path) => `${name}/${String(path)}`);
    });
    expect(bins.sort()).toEqual(Object.keys(commands).sort());
  });

  const each = Object.entries(commands).flatMap(([bin, subcommands]) => [
    [bin, "--help"],
    [bin, "-h"],
    ...subcommands.map((name) => [bin, name, "--help"]),
    [bin, subcommands.at(-1)!, "-h"],
  ]);
  it.each(each.map((words) => words.join(" ")))("%s", async (line) => {
    const [bin, ...args] = line.split(" ") as [string, ...string[]];
    await expectHelp(join(root, "src", bin), args);
  });

  it("the compiler's", () => expectHelp(join(root, "scripts", "setup", "compile.mjs"), ["--help"]));
});
