/** What a project says of its notebooks in dnn-lab.json. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { configurationFor, fits, generalRules } from "../../src/notebooks/notebook/configuration";
import { runBatch } from "../../src/notebooks/batch/run-batch";
import { exitCodeOf } from "../../src/notebooks/results/results";
import { junitXml } from "../../src/notebooks/report/junit";
import { resultLine } from "../../src/notebooks/report/run-summary";
import { code, notebook, save } from "./notebooks";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "configuration "))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const configure = (notebooks: unknown): void =>
  writeFileSync(join(folder, "dnn-lab.json"), JSON.stringify({ notebooks }));

it("has rules for all notebooks at and below it; a notebook's own come after", () => {
  configure({ rules: ["text: /a/ -> b"] });
  mkdirSync(join(folder, "deep"));
  const path = save(join(folder, "deep", "n.ipynb"), notebook([code("1")], { dnn_lab: { check: "abs=1" } }));
  expect(generalRules(path)).toEqual(["text: /a/ -> b", "abs=1"]);
});

it("skips a notebook with its reason, which every report tells", async () => {
  configure({ skip: { "slow/**": "needs a GPU" } });
  const path = save(join(folder, "slow", "n.ipynb"), notebook([code("1")]));
  const results = await runBatch({ notebooks: [path], results: join(folder, "results"), compare: true });
  expect(results[0]).toMatchObject({ status: "skipped", problems: [] });
  expect(resultLine(results[0])).toBe(`- ${path}: skipped (needs a GPU)`);
  expect(junitXml(results)).toContain('<skipped message="needs a GPU"/>');
  expect(exitCodeOf(results)).toBe(0);
});

it.each([
  [{ rule: [] }, "notebooks.rule is unknown"],
  [{ rules: "abs=1" }, "notebooks.rules must be a list of texts"],
  [{ skip: { "a.ipynb": "" } }, "must give a reason for each path"],
])("refuses %j and says why", (content, message) => {
  configure(content);
  expect(() => configurationFor(join(folder, "n.ipynb"))).toThrow(message);
});

it.each([
  ["drafts/a.ipynb", "drafts", true],
  ["drafts/a.ipynb", "drafts/", true],
  ["x/drafts/a.ipynb", "drafts", false],
  ["x/a-slow.ipynb", "*-slow.ipynb", true],
  ["x/y/a.ipynb", "x/*.ipynb", false],
  ["x/y/a.ipynb", "x/**/*.ipynb", true],
  ["x/a.ipynb", "x/**/*.ipynb", true],
  ["a+b.ipynb", "a+b.ipynb", true],
])("%s fits %s: %s", (path, pattern, expected) => expect(fits(join(folder, path), pattern, folder)).toBe(expected));
