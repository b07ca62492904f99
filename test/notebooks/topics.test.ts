/**
 * The notebooks by topic at a reduced size: each output is what its reference says, on the stand-in, and on the real images
 * where they lie. WebAssembly computes, whose results are the same on every processor.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { venvPython } from "../../src/notebooks/python/project";
import { resultText } from "../../src/notebooks/report/run-summary";
import { runBatch } from "../../src/notebooks/batch/run-batch";

const topics = join(__dirname, "../../notebooks/topics");
const notebooks = readdirSync(topics)
  .filter((name) => name.endsWith(".ipynb"))
  .map((name) => join(topics, name));
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "topics "))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// eslint-disable-next-line no-control-regex
const plain = (text: string): string => text.replace(/\x1b\[[0-9;]*m/g, "");
const sources = process.env.DNN_LAB_DATA ? ["generated", "folder"] : ["generated"];

describe.runIf(existsSync(venvPython()))("the notebooks by topic", () => {
  it.each(sources)("are as in their references, on data from: %s", { timeout: 1_200_000 }, async (source) => {
    const results = await runBatch({
      notebooks,
      compare: true,
      profile: "quick",
      // A cache of its own: what a notebook says depends on what was kept from earlier.
      env: { DNN_LAB_ENGINE: "wasm", DNN_LAB_SOURCE: source, DNN_LAB_CACHE: join(folder, `${source} cache`) },
      results: join(folder, source),
      parallel: 2,
    });
    expect(results.length).toBeGreaterThan(9);
    const wrong = results.filter(({ status }) => status !== "passed").map((each) => plain(resultText(each)));
    expect(wrong).toEqual([]);
  });
});
