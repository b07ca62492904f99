/**
 * Each product, packed and installed in an empty project from the registry alone, and its main use there. Jupyter is that of the
 * clone's `.venv`, which for the product is just another environment.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { answered, rightAnswers, settings, smallAssignment, sourceCells, sourceNotebook } from "../grader/assignments";
import { code, notebook } from "../notebooks/notebooks";
import { canRun, packAll, Project, python, removeFetched, root, type Ran } from "./products";

vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 });

let tarballs: ReadonlyMap<string, string>;
const tarball = (...names: string[]): string[] => names.map((name) => tarballs.get(name)!);
const projects: Project[] = [];

function project(): Project {
  const made = new Project();
  projects.push(made);
  return made;
}

beforeAll(() => {
  tarballs = packAll();
});
afterAll(() => {
  for (const each of projects) each.remove();
  removeFetched();
  if (tarballs) rmSync(dirname([...tarballs.values()][0]!), { recursive: true, force: true });
});

/** Fails with the end of what a command said, which is all that the log of a CI job keeps of it. */
function expectEnded(ran: Ran, code: number, text: string): void {
  if (ran.code === code && ran.output.includes(text)) return;
  expect.fail(`code ${ran.code}, expected ${code} and ${JSON.stringify(text)}; it said: …${ran.output.slice(-2500)}`);
}

/** Installs the kernel below the project; what makes Jupyter find it there. */
async function installedKernel(of: Project): Promise<Record<string, string>> {
  const prefix = join(of.folder, "jupyter");
  const made = await of.command("dnn-lab-kernel", ["install", "--prefix", prefix]);
  expectEnded(made, 0, "is installed in");
  return { JUPYTER_PATH: join(prefix, "share", "jupyter"), VIRTUAL_ENV: join(root, ".venv") };
}

/** Runs cells as a notebook under nbconvert; what came of it, as Markdown when it went well. */
async function converted(of: Project, cells: readonly ReturnType<typeof code>[]): Promise<Ran> {
  const jupyter = await installedKernel(of);
  of.write("a.ipynb", JSON.stringify(notebook([...cells])));
  const run = await of.run(python, ["-m", "nbconvert", "--to", "markdown", "--execute", "a.ipynb"], jupyter);
  return run.code === 0 ? { code: 0, output: readFileSync(join(of.folder, "a.md"), "utf8") } : run;
}

describe.runIf(canRun)("dnn-lab-kernel", () => {
  const cells = [
    code("const squares: number[] = [1, 2, 3].map((x) => x ** 2);"),
    code("await Promise.resolve(squares)"),
  ];

  it("is small, and runs a notebook in a Jupyter of another environment", async () => {
    const mine = project();
    const { packages, megabytes } = await mine.install(tarball("dnn-lab-core", "dnn-lab-kernel"));
    expect(packages).toBeLessThanOrEqual(12);
    expect(megabytes).toBeLessThanOrEqual(80);
    expectEnded(await converted(mine, cells), 0, "1, 4, 9");
  });

  it("takes the TypeScript 5.9 of a project", async () => {
    const mine = project();
    await mine.install([...tarball("dnn-lab-core", "dnn-lab-kernel"), "typescript@5.9.3"]);
    expect(existsSync(join(mine.folder, "node_modules", "dnn-lab-kernel", "node_modules", "typescript"))).toBe(false);
    const wrong = code("const wrong: string = squares;", ["raises-exception"]);
    const ran = await converted(mine, [...cells, wrong]);
    expectEnded(ran, 0, "1, 4, 9");
    expectEnded(ran, 0, "TS2322");
  });
});

const XOR = `
const run = async () => {
  setRandomSeed(42);
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 8, activation: "tanh", inputShape: [2] }));
  model.add(tf.layers.dense({ units: 1, activation: "sigmoid" }));
  model.compile({ optimizer: adam({ learningRate: 0.05 }), loss: "binaryCrossentropy" });
  const xor = datasetFromArrays({ features: [[0, 0], [0, 1], [1, 0], [1, 1]], labels: [[0], [1], [1], [0]] });
  const { history } = await fit(model, xor.batch(4), { epochs: 200, verbose: 0 });
  console.log(history.loss[history.loss.length - 1] < 0.1 ? "learned" : "not learned " + history.loss.pop());
};
void run();
`;
const NAMES = "adam, datasetFromArrays, fit, setRandomSeed, tf";

describe("dnn-lab", () => {
  let mine: Project;
  beforeAll(async () => {
    mine = project();
    await mine.install(tarball("dnn-lab-core", "dnn-lab"));
  });

  it.each([
    ["ES modules", "xor.mjs", `import { ${NAMES} } from "dnn-lab";${XOR}`],
    ["CommonJS", "xor.cjs", `const { ${NAMES} } = require("dnn-lab");${XOR}`],
  ])("learns XOR in %s", async (_, file, text) => {
    mine.write(file, text);
    expectEnded(await mine.run(process.execPath, [file]), 0, "learned");
  });

  it.each([
    ["node16", "node16", "mts"],
    ["nodenext", "nodenext", "mts"],
    ["esnext", "bundler", "mts"],
    // The default of many a project with TypeScript 5; it does not know "exports".
    ["commonjs", "node10", "ts"],
  ])("has types for module %s, moduleResolution %s, without skipLibCheck", async (module, moduleResolution, ending) => {
    const layers = `
const added = tf.sequential();
added.add(tf.layers.dense({ units: 4, inputShape: [2] }));
added.add(batchNormalization());
added.add(dropout({ rate: 0.5 }));
added.add(tf.layers.dense({ units: 1, kernelConstraint: maxNorm({ maxValue: 1 }) }));
`;
    const others = 'import { publishedRun } from "dnn-lab/reproduce";\nimport "dnn-lab/reports";\nvoid publishedRun;\n';
    const file = `${moduleResolution}.${ending}`;
    mine.write(
      file,
      `import { ${NAMES}, batchNormalization, dropout, maxNorm } from "dnn-lab";\n${others}${XOR}${layers}`,
    );
    const options = [
      "--noEmit",
      "--strict",
      "--exactOptionalPropertyTypes",
      "--ignoreDeprecations",
      "6.0",
      "--target",
      "es2022",
      "--module",
      module,
      "--moduleResolution",
      moduleResolution,
    ];
    // The library brings no compiler along.
    expect(existsSync(join(mine.folder, "node_modules", "typescript"))).toBe(false);
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const { output } = await mine.run(process.execPath, [compiler, ...options, file]);
    // Declarations of others have faults; ours, and what uses them, may not.
    const errors = output.split("\n").filter((line) => /error TS/.test(line));
    const foreign = /node_modules\/(?!dnn-lab)|typescript\/lib\//;
    expect(errors.filter((line) => !foreign.test(line))).toEqual([]);
  });

  it("says how to add what is not installed with it", async () => {
    mine.write("table.cjs", `require("dnn-lab").dataFrame({ a: [1] });`);
    const table: Ran = await mine.run(process.execPath, ["table.cjs"]);
    expect(table.code).not.toBe(0);
    expect(table.output).toContain("npx dnn-lab setup tables");
    const doctor = await mine.command("dnn-lab", ["doctor"]);
    expectEnded(doctor, 0, "engine: wasm");
    expect(doctor.output).toMatch(/CIFAR-10, cache/);
    expectEnded(await mine.command("dnn-lab", ["kernel", "install"]), 1, "npm install dnn-lab-kernel");
    expectEnded(await mine.command("dnn-lab", ["setup", "--help"]), 0, "pictures");
    expect(existsSync(join(mine.folder, ".dnn-lab"))).toBe(false);
  });

  it("adds tables on request, on the same TensorFlow.js", async () => {
    expectEnded(await mine.command("dnn-lab", ["setup", "tables"]), 0, "danfojs-node");
    mine.write("table.cjs", `console.log(require("dnn-lab").dataFrame({ a: [1, 2] }).shape.join());`);
    const table = await mine.run(process.execPath, ["table.cjs"]);
    expect(table).toMatchObject({ code: 0, output: "2,1\n" });
  });
});

describe.runIf(canRun)("dnn-lab-notebooks", () => {
  it("checks a notebook in TypeScript and one in Python", async () => {
    const mine = project();
    await mine.install(tarball("dnn-lab-core", "dnn-lab-kernel", "dnn-lab-notebooks"));
    const jupyter = await installedKernel(mine);
    mkdirSync(join(mine.folder, "theirs"));
    mine.write("theirs/ts.ipynb", JSON.stringify(notebook([code("const x: number = 0.25; x")])));
    mine.write("theirs/py.ipynb", JSON.stringify(notebook([code("print('loss:', 0.25)")], {}, "python3")));
    const run = (...args: string[]): Promise<Ran> => mine.command("dnn-lab-notebooks", args, jupyter);
    expectEnded(await run("accept", "theirs"), 0, "accepted");
    expectEnded(await run("check", "theirs", "--no-cache"), 0, "as in the reference");
    mine.write("theirs/py.ipynb", JSON.stringify(notebook([code("print('loss:', 0.75)")], {}, "python3")));
    expect((await run("check", "theirs", "--no-cache")).code).not.toBe(0);
  });
});

describe.runIf(canRun)("dnn-lab-grader", () => {
  it("grades a submission", async () => {
    const mine = project();
    await mine.install(tarball("dnn-lab-core", "dnn-lab-kernel", "dnn-lab-notebooks", "dnn-lab-grader"));
    const jupyter = await installedKernel(mine);
    mine.write("source.ipynb", JSON.stringify(sourceNotebook(sourceCells(), { ...settings, quality: [] })));
    mine.write("in/ada.ipynb", JSON.stringify(answered(smallAssignment({ ...settings, quality: [] }), rightAnswers)));
    const graded = await mine.command("dnn-lab-grader", ["grade", "source.ipynb", "in", "--no-sandbox"], jupyter);
    expectEnded(graded, 0, "ada");
    const path = join(mine.folder, "results", "grading", "ada", "result.json");
    const { result } = JSON.parse(readFileSync(path, "utf8")) as { result: { status: string; earned: number } };
    expect(result).toMatchObject({ status: "graded" });
    expect(result.earned).toBeGreaterThan(0);
  });
});
