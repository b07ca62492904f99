/** The cache's key: each thing that a notebook depends on is changed in turn. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ResultCache, cacheKey } from "../../src/notebooks/results/result-cache";
import { inputsOf, provenanceOf, changesSince, type InputsOptions } from "../../src/notebooks/results/run-provenance";
import { code, notebook, text } from "./notebooks";

let folder: string;
const write = (name: string, content: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "notebook cache "));
  write("package-lock.json", "{}");
  write("requirements.txt", "a==1");
  write("a.ts", 'export * from "./deep/b.js";');
  write("deep/b.ts", 'export const b = require("./c.json");');
  write("deep/c.json", "{}");
  write("data.csv", "1");
  write("linked/package.json", '{ "name": "linked", "version": "1.0.0", "files": ["dist"] }');
  write("linked/dist/index.js", "exports.x = 1;");
  write("linked/dist/worker.js", "1;");
  write("linked/test/x.js", "1;");
  write("node_modules/installed/package.json", '{ "name": "installed", "version": "1.0.0" }');
  symlinkSync(join(folder, "linked"), join(folder, "node_modules", "linked"));
  write("data/x.gz", "data");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const source =
  'import { b } from "./a";\nimport "linked"; import "installed"; import "node:fs";\n// @check input=data.csv abs=1';
const cells = (second = "b") => [text("# T"), code(source, [], { id: "a" }), code(second, [], { id: "b" })];
function options(more: Partial<InputsOptions> = {}): InputsOptions {
  const base = { notebook: notebook(cells()), path: join(folder, "n.ipynb"), parameters: {}, env: {}, kernel: "tslab" };
  return { ...base, ...more };
}
const key = (more: Partial<InputsOptions> = {}): string => cacheKey(inputsOf(options(more)).inputs);

describe("the key", () => {
  it("stays when nothing has changed, whatever the outputs and file times", () => {
    const before = key();
    utimesSync(join(folder, "a.ts"), new Date(), new Date());
    const outputs = [{ output_type: "stream", name: "stdout", text: "x" } as const];
    expect(key({ notebook: notebook(cells().map((cell) => ({ ...cell, outputs }))) })).toBe(before);
    write("linked/test/x.js", "2; // no part of the package");
    write("unrelated.ts", "1");
    expect(key()).toBe(before);
  });

  it.each<[string, () => Partial<InputsOptions> | void]>([
    ["a cell", () => ({ notebook: notebook(cells("b + 1")) })],
    ["a tag", () => ({ notebook: notebook([...cells().slice(0, 2), code("b", ["raises-exception"], { id: "b" })]) })],
    [
      "a rule in the metadata",
      () => ({ notebook: notebook(cells().map((cell) => ({ ...cell, metadata: { dnn_lab: { check: "abs=2" } } }))) }),
    ],
    ["the order of the cells", () => ({ notebook: notebook(cells().reverse()) })],
    ["an imported file", () => write("a.ts", 'export * from "./deep/b.js"; // changed')],
    ["a file that an imported file imports", () => write("deep/b.ts", "export const b = 2;")],
    ["a file that it requires", () => write("deep/c.json", "[]")],
    ["a linked package's program", () => write("linked/dist/index.js", "exports.x = 2;")],
    ["a linked package's worker, which nothing imports", () => write("linked/dist/worker.js", "2;")],
    ["an installed package's version", () => write("node_modules/installed/package.json", '{ "version": "2.0.0" }')],
    ["the lock file", () => write("package-lock.json", "{ }")],
    ["Python's lock file", () => write("requirements.txt", "a==2")],
    ["a file that a cell names as its input", () => write("data.csv", "2")],
    ["a parameter", () => ({ parameters: { epochs: "2" } })],
    ["the seed", () => ({ env: { DNN_LAB_SEED: "43" } })],
    ["the engine", () => ({ env: { DNN_LAB_ENGINE: "wasm" } })],
    ["the environment of this process", () => void vi.stubEnv("DNN_LAB_SOURCE", "generated")],
    ["the kernel", () => ({ kernel: "python3" })],
    ["what is left out", () => ({ only: "1" })],
  ])("changes with %s", (_, change) => {
    const before = key();
    const more = change();
    expect(key(more ?? {})).not.toBe(before);
  });

  it("changes with the versions of Node, of the runner and of the kernel", () => {
    const { inputs } = inputsOf(options());
    expect(Object.keys(inputs.versions)).toEqual(["node", "dnn-lab-notebooks", "runner", "kernel"]);
    for (const name of Object.keys(inputs.versions)) {
      expect(cacheKey({ ...inputs, versions: { ...inputs.versions, [name]: "other" } })).not.toBe(cacheKey(inputs));
    }
  });

  it("is not trusted where a cell's program cannot be known beforehand", () => {
    const unknown = (source: string, kernel = "tslab") =>
      inputsOf(options({ notebook: notebook([code(source)], {}, kernel), kernel })).unknown.join();
    expect(unknown("%%sh\nls")).toContain("shell script");
    expect(unknown("!ls", "python3")).toContain("shell script");
    expect(unknown("1")).toBe("");
  });

  it("follows Python's imports of files beside the notebook", () => {
    write("helper.py", "from package import part");
    write("package/__init__.py", "");
    write("package/part.py", "x = 1");
    const python = { notebook: notebook([code("import helper, os")], {}, "python3"), kernel: "python3" };
    expect(Object.keys(inputsOf(options(python)).inputs.sources)).toEqual([
      "helper.py",
      "package/__init__.py",
      "package/part.py",
    ]);
  });
});

describe("an entry", () => {
  it("counts only while the data are what they were, and the entry is whole", () => {
    const cache = new ResultCache(join(folder, "cache"));
    const { inputs } = inputsOf(options());
    const places = { data: [], inputs: [join(folder, "data"), join(folder, "absent")] };
    const provenance = () =>
      provenanceOf(inputs, join(folder, "n.ipynb"), { facts: places, seconds: 1, cellSeconds: [1] });
    const store = () => cache.store(inputs, { provenance: provenance(), events: [], executed: "{}" });
    expect(cache.find(inputs)).toBeUndefined();
    store();
    expect(cache.find(inputs)?.executed).toBe("{}");
    write("data/x.gz", "other");
    expect(cache.find(inputs)).toBeUndefined();
    store();
    expect(cache.find(inputs)).toBeDefined();
    write("absent", "there now");
    expect(cache.find(inputs)).toBeUndefined();
    store();
    for (const name of readdirSync(join(folder, "cache", cacheKey(inputs))))
      write(`cache/${cacheKey(inputs)}/${name}`, "{ half");
    expect(cache.find(inputs)).toBeUndefined();
  });

  it("says what has changed since", () => {
    const { inputs } = inputsOf(options());
    const stored = provenanceOf(inputs, join(folder, "n.ipynb"), { facts: undefined, seconds: 1, cellSeconds: [] });
    expect(changesSince(stored, inputs)).toEqual([]);
    write("deep/b.ts", "export const b = 9;");
    const now = inputsOf(options({ parameters: { epochs: "2" } })).inputs;
    expect(changesSince(stored, now)).toEqual(["source deep/b.ts", "source deep/c.json", "parameter epochs"]);
  });
});
