/** What a run was seen to rest on: each kind of thing is changed in turn, for both languages. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runBatch } from "../../src/notebooks/batch/run-batch";
import { changesOf, restsOf, restsText } from "../../src/notebooks/inputs/observed";
import type { NotebookResult } from "../../src/notebooks/results/results";
import { code, notebook, save } from "./notebooks";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "observed "))));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
};

describe("what was seen", () => {
  it("is compared by content, not by times; absent files, folders and variables count", () => {
    const file = write("u/a.txt", "1");
    const env: Record<string, string> = { A: "1", SECRET: "do not tell" };
    const seen = {
      ...{ files: [file], absent: [join(folder, "u", "b.txt")], folders: [join(folder, "u")] },
      ...{ environment: ["A", "B", "SECRET", "DNN_LAB_RESULTS"], unobserved: [] },
    };
    const rests = restsOf(seen, env);
    expect(JSON.stringify(rests)).not.toContain("do not tell");
    expect(Object.keys(rests.environment)).toEqual(["A", "B", "SECRET"]);
    expect(changesOf(rests, env)).toEqual([]);
    utimesSync(file, new Date(0), new Date(0));
    expect(changesOf(rests, env)).toEqual([]);
    expect(changesOf(rests, { ...env, B: "" })).toEqual(["environment variable B"]);
    write("u/a.txt", "2");
    expect(changesOf(rests, env)).toEqual([`file ${file}`]);
    write("u/a.txt", "1");
    write("u/b.txt", "");
    expect(changesOf(rests, env)).toEqual([`file ${join(folder, "u", "b.txt")}`, `the files in ${join(folder, "u")}`]);
    expect(restsText({ ...rests, unobserved: ["the network"] })).toContain(
      "3 environment variables (A, B, SECRET); not seen: the network",
    );
  });
});

describe("a kept result", () => {
  const run = async (path: string): Promise<NotebookResult> => {
    const [result] = await runBatch({
      notebooks: [path],
      results: join(folder, "results"),
      cache: join(folder, "cache"),
      compare: false,
    });
    expect(result.problems).toEqual([]);
    return result;
  };
  const typescript = (name: string, source: string): string =>
    save(join(folder, name, "n.ipynb"), notebook([code(source)]));
  const python = (name: string, source: string): string =>
    save(join(folder, name, "n.ipynb"), notebook([code(source)], {}, "python3"));

  it.each<[string, () => string, () => void]>([
    [
      "files that fs reads, package-imports, environment variables (TypeScript)",
      () => {
        write("ts/m.wasm", "one");
        write("ts/package.json", '{ "imports": { "#lib": "./lib.js" } }');
        write("ts/lib.js", "exports.f = () => 1;");
        return typescript(
          "ts",
          'import { readFileSync } from "node:fs";\nconst { f } = require("#lib");\nconsole.log(f(), readFileSync("m.wasm", "utf8"), process.env.MY_SCALE);',
        );
      },
      () => void write("ts/m.wasm", "two"),
    ],
    [
      "a file that package.json maps",
      () => join(folder, "ts", "n.ipynb"),
      () => void write("ts/lib.js", "exports.f = () => 9;"),
    ],
    ["an environment variable", () => join(folder, "ts", "n.ipynb"), () => void vi.stubEnv("MY_SCALE", "9")],
    [
      "a module on sys.path (Python)",
      () => {
        write("py/src/mylib.py", "def f(): return 1");
        return python(
          "py",
          'import os, sys; sys.path.insert(0, "src")\nfrom mylib import *\nprint(f(), os.environ.get("PY_SCALE"))',
        );
      },
      () => void write("py/src/mylib.py", "def f(): return 999"),
    ],
    ["a variable that Python reads", () => join(folder, "py", "n.ipynb"), () => void vi.stubEnv("PY_SCALE", "9")],
  ])("is not taken after a change of %s", async (_, prepare, change) => {
    const path = prepare();
    await run(path);
    expect((await run(path)).cached).toBe(true);
    change();
    expect((await run(path)).cached).toBe(false);
  });

  it("child-script: is not kept at all where a child process works, unless the author says what counts", async () => {
    const source = 'import { execSync } from "node:child_process";\nconsole.log(String(execSync("echo 1")));';
    const path = typescript("child", source);
    expect((await run(path)).provenance?.rests?.unobserved.join()).toContain("the child process echo 1");
    expect((await run(path)).cached).toBe(false);
    const pure = typescript("pure", `// @check cache=pure\n${source}`);
    await run(pure);
    expect((await run(pure)).cached).toBe(true);
  });
});
