/** The Python distribution that lets papermill write parameters as TypeScript, tried with papermill itself. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jupyterPath, python, root } from "./kernelUnderTest";

interface Cell {
  readonly source: string | readonly string[];
  readonly outputs?: readonly { readonly data?: Readonly<Record<string, string | readonly string[]>> }[];
}

let folder = "";
let jupyter = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn lab papermill "));
  jupyter = jupyterPath();
  run("-B", join(root, "src", "kernel", "papermill", "place.py"), "--target", folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(dirname(dirname(jupyter)), { recursive: true, force: true });
});

function run(...args: string[]): string {
  const env = { ...process.env, PYTHONPATH: folder, JUPYTER_PATH: jupyter, DNN_LAB_HISTORY: "off" };
  return execFileSync(python, args, { encoding: "utf8", cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
}

function notebook(...sources: string[]): string {
  const cells = sources.map((source, index) => ({
    cell_type: "code",
    id: `c${index}`,
    metadata: index === 0 ? { tags: ["parameters"] } : {},
    source,
    outputs: [],
    execution_count: null,
  }));
  const metadata = { kernelspec: { name: "tslab", language: "typescript", display_name: "TypeScript" } };
  const file = join(folder, "in.ipynb");
  writeFileSync(file, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
  return file;
}

const textOf = (text: string | readonly string[] | undefined): string => [text ?? ""].flat().join("");

test("papermill -p gives a notebook other values", { timeout: 120_000 }, () => {
  const file = notebook(
    "const epochs = 3 // how often\nlet optimizer: 'sgd' | 'adam' = 'sgd'",
    "const wanted: 'sgd' | 'adam' = optimizer\nconst longer = epochs === 3 ? 'as before' : `${epochs} ${wanted}`\nlonger",
    "[rate, layers, options, limit]",
  );
  const out = join(folder, "out.ipynb");
  const yaml = "{rate: 0.5, layers: [50, 10.5, null], options: {seeded: true}, limit: 'a\"b日本'}";
  run("-m", "papermill", file, out, "-p", "epochs", "5", "-p", "optimizer", "adam", "-y", yaml, "--no-progress-bar");
  const { cells } = JSON.parse(readFileSync(out, "utf8")) as { cells: Cell[] };
  const results = cells.map(({ outputs }) => textOf(outputs?.[0]?.data?.["text/plain"]));
  expect(textOf(cells[1]?.source)).toContain("let epochs = 5");
  expect(results.slice(2)).toEqual(["'5 adam'", `[ 0.5, [ 50, 10.5, null ], { seeded: true }, 'a"b日本' ]`]);
});

test("papermill lists the parameters, and refuses what TypeScript could not hold", () => {
  const file = notebook("const epochs = 3 // how often\nlet name: string = 'a';");
  const help = run("-m", "papermill", "--help-notebook", file);
  expect(help).toMatch(/epochs: Unknown type \(default 3\)\s+how often/);
  expect(help).toContain("name: string (default 'a')");
  for (const [name, value, reason] of [
    ["epochs", "9007199254740993", "larger than JavaScript's numbers"],
    ["my-name", "1", "no name of a TypeScript variable"],
  ] as const) {
    expect(() => run("-m", "papermill", file, join(folder, "no.ipynb"), "-p", name, value)).toThrow(reason);
  }
  expect(existsSync(join(folder, "no.ipynb"))).toBe(false);
});
