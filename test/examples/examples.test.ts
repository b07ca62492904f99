/** The examples in docstrings and guides: right as TypeScript, and run on small data. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveModel, saveWeights } from "../../src/library/index";
import { root } from "../setup/public-api";
import { prelude } from "./prelude";
import { docstringSnippets, pageSnippets, run, typeErrors } from "./snippets";

/** What these need is not part of the project; they are type-checked all the same. */
const NEEDS_DATA = ["fashionMnist", "cifar10"];
const NEEDS_WEIGHTS = ["mobileNetV2", "resNet50", "freeze"];
const NEEDS_FILES = ["readNpy", "readNpz"];
const NOT_RUN = [...NEEDS_DATA, ...NEEDS_WEIGHTS, ...NEEDS_FILES, "loadKerasWeights 1", "selfPretrainedBase"];

const guides = ["docs/from-keras.md", "docs/adding.md", "docs/compiled-steps.md"];
const examples = docstringSnippets();
const blocks = guides.flatMap(pageSnippets);
const readme = pageSnippets("README.md");

let folder = "";
const before = process.cwd();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dnn lab examples "));
  process.chdir(folder);
  process.env.DNN_LAB_CACHE = join(folder, "cache");
  for (const name of ["results/best.weights.h5", "base.weights.h5"]) await saveWeights(prelude.model(), name);
  await saveModel(prelude.model(), "results/digits.keras");
  for (const [name, red] of Object.entries({ cats: 200, dogs: 40 })) {
    mkdirSync(join("pets", name), { recursive: true });
    const colour = { create: { width: 8, height: 8, channels: 3 as const, background: { r: red, g: 0, b: 0 } } };
    for (const i of [1, 2])
      await sharp(colour)
        .png()
        .toFile(join("pets", name, `${i}.png`));
  }
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
  rmSync(prelude.results(), { recursive: true, force: true });
});

it("are right as TypeScript", { timeout: 120_000 }, () => {
  expect(typeErrors([...examples, ...blocks, ...readme])).toEqual([]);
});

it("that are wrong are noticed", { timeout: 120_000 }, async () => {
  const wrong = [
    { name: "unknown option", code: "earlyStopping({ patients: 5 })" },
    { name: "unknown name", code: "fit(modell, train)" },
    { name: "import of nothing", code: `import { fitt } from "dnn-lab";\nfitt();` },
    { name: "right", code: "await fit(model, train, { epochs: 1 });" },
  ];
  expect(typeErrors(wrong).map((line) => line.split(":")[0])).toEqual(wrong.slice(0, 3).map(({ name }) => name));
  await expect(run({ name: "", code: "earlyStopping({ patience: -1 })" })).rejects.toThrow("patience");
});

describe.each([
  ["of docstrings", examples, 90],
  ["of guides", blocks, 18],
])("%s", (_, snippets, least) => {
  it("are found", () => expect(snippets.length).toBeGreaterThanOrEqual(least));
  it.each(snippets.filter(({ name }) => !NOT_RUN.includes(name)))("$name runs", { timeout: 120_000 }, run);
});

it("are left out by name only where there is one", () => {
  expect(NOT_RUN.filter((name) => !examples.some((example) => example.name === name))).toEqual([]);
  expect(readFileSync(join(root, "README.md"), "utf8")).toContain("docs/");
});
