/** Reports of a batch: terminal, JUnit, GitHub; and the page in a browser. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { happenedIn, judgeCells } from "../../src/notebooks/batch/compare-notebook";
import { codeCells } from "../../src/notebooks/notebook/notebook-file";
import { NO_DATA, referenceCell } from "../../src/notebooks/results/references";
import { githubAnnotations } from "../../src/notebooks/report/github";
import { htmlReport } from "../../src/notebooks/report/notebooks-page";
import { junitXml } from "../../src/notebooks/report/junit";
import { resultText, summaryText } from "../../src/notebooks/report/run-summary";
import { statusOf, type NotebookResult } from "../../src/notebooks/results/results";
import { figureImage } from "../../src/library/reports/images/figure-image";
import { rendererFolder } from "../../src/library/reports/images/cache-folder";
import { findBrowser } from "../../src/library/reports/images/find-browser";
import { stopRenderer } from "../../src/library/reports/images/renderer";
import { learningCurve } from "../../src/library/reports/figures/learning-curve";
import { plainHistory } from "../library/reports/histories";
import { code, figure, notebook, shown, stdout, text } from "./notebooks";

const curve = (last: number) =>
  figure([{ x: [1, 2, 3], y: [0.5, 0.7, last], name: "val_accuracy" }], { title: { text: "</script> & curve" } });
const table = (loss: number) =>
  shown({ "text/html": `<table><tr><th>epoch</th><th>loss</th></tr><tr><td>1</td><td>${loss}</td></tr></table>` });

/** A result as the check makes it: text, table and figure differ from the reference. */
function changedResult(): NotebookResult {
  const cells = (accuracy: string, loss: number, last: number) => [
    text("# Power scheduling"),
    code("const epochs = 10;", [], { id: "a", execution_count: 1 }),
    code('console.log("<b>", accuracy)', [], {
      id: "b",
      execution_count: 2,
      outputs: [stdout(`accuracy: ${accuracy} <b>\n`)],
    }),
    code("table", [], { id: "c", execution_count: 3, outputs: [table(loss)] }),
    code("curve", [], { id: "d", execution_count: 4, outputs: [curve(last)] }),
  ];
  const executed = notebook(cells("0.8012", 0.61, 0.6));
  const reference = {
    ...{ notebook: "n", accepted: "", commit: "", data: NO_DATA, fingerprint: "", engine: "", parameters: {} },
    cells: codeCells(notebook(cells("0.8663", 0.31, 0.9))).map((cell) => referenceCell(cell)),
  };
  const done = [1, 2, 3, 4].map(
    (cell) => ({ event: "done", cell, index: cell, execution_count: cell, seconds: 0.5, raised: false }) as const,
  );
  const { cells: judged, problems } = judgeCells({
    executed,
    happened: happenedIn(done),
    reference,
    lines: [1, 5, 9, 13, 17],
  });
  return {
    ...{
      notebook: "a,b/n.ipynb",
      status: statusOf(problems),
      problems,
      cells: judged,
      seconds: 2,
      compareSeconds: 0.01,
      cached: false,
    },
    ...{ parameters: {}, late: [], facts: undefined, output: undefined, provenance: undefined },
    reference: { path: "r.json", words: "no data, any engine" },
  };
}

const changed = changedResult();
const failed: NotebookResult = {
  ...changed,
  ...{ notebook: "bad.ipynb", status: "failed", cells: [] },
  problems: [{ kind: "kernel-start", message: "no kernel & no <luck>", details: "\u001b[31mlog\u001b[0m" }],
};

describe("reports", () => {
  it("say in a terminal which cell, where and by how much", () => {
    const lines = resultText(changed).split("\n");
    expect(lines[0]).toBe("≠ a,b/n.ipynb: not as in the reference (4 cells, 9 numbers, 2.0 s) [no data, any engine]");
    expect(lines[1]).toContain(
      "cell 2 (Power scheduling), line 9: difference: output 1, stdout, accuracy: 0.8012, reference 0.8663: 0.0651 less",
    );
    expect(lines[2]).toContain(
      "cell 3 (Power scheduling), line 13: difference: output 1, table, table, row 1 (1), loss: 0.61",
    );
    expect(lines[3]).toContain('trace "val_accuracy", y: 0.6, reference 0.9');
    expect(summaryText([changed, failed], 3)).toBe(
      "2 notebooks: 1 failed, 1 not as in the reference; 3.0 s, comparing took 0.5 % of executing",
    );
  });

  it("are annotations at the cell's line on GitHub", () => {
    const [line] = githubAnnotations([changed]);
    expect(line).toMatch(/^::error file=a%2Cb\/n\.ipynb,line=9,title=cell 2%3A difference::output 1, stdout/);
    expect(githubAnnotations([failed])[0]).toBe(
      "::error file=bad.ipynb,line=1,title=kernel-start::no kernel & no <luck>",
    );
  });

  it("are JUnit suites with a case for each cell", () => {
    const xml = junitXml([changed, failed]);
    expect(xml).toContain('<testsuite name="a,b/n.ipynb" tests="5" failures="3" errors="0" skipped="0" time="2.000">');
    expect(xml).toContain('name="cell 2: console.log(&quot;&lt;b&gt;&quot;, accuracy)"');
    expect(xml).toContain('<error type="kernel-start" message="no kernel &amp; no &lt;luck&gt;">');
    expect(xml).not.toContain("\u001b");
  });
});

describe("the page", () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "notebook report "));
    writeFileSync(join(folder, "report.html"), htmlReport([changed, failed], "2 notebooks"));
    await figureImage(learningCurve(plainHistory), { scale: 1 });
    await stopRenderer();
    const unpacked = readdirSync(rendererFolder()).find((name) => name.startsWith("chromium-"));
    const executablePath = unpacked ? join(rendererFolder(), unpacked, "chromium") : findBrowser().executables[0];
    const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
    browser = await puppeteer.launch({ executablePath, headless: "shell", pipe: true, args });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([1200, 380])("stands side by side and fits a width of %i, without errors or requests", async (width) => {
    const page = await browser.newPage();
    const trouble: string[] = [];
    const url = pathToFileURL(join(folder, "report.html")).href;
    page.on("pageerror", (error) => trouble.push(String(error)));
    page.on("console", (message) => trouble.push(message.text()));
    page.on("request", (request) => {
      if (request.url() !== url && !/^(data|blob|about):/.test(request.url())) trouble.push(request.url());
    });
    await page.setViewport({ width, height: 1400 });
    await page.goto(url);
    const seen = await page.evaluate(`(() => ({
      figures: document.querySelectorAll(".js-plotly-plot .main-svg:first-child").length,
      beside: [...document.querySelectorAll(".beside")].map((each) => [...each.children].map((part) => part.querySelector("h4").textContent)),
      order: [...document.querySelectorAll("article")].map((each) => each.className),
      width: document.documentElement.scrollWidth,
      differences: document.querySelectorAll("article table tr td:nth-child(5)").length,
    }))()`);
    expect(seen).toEqual({
      ...{ figures: 2, order: ["failed", "changed"], width, differences: 3 },
      beside: Array.from({ length: 3 }, () => ["Reference", "This run"]),
    });
    expect(trouble).toEqual([]);
    if (process.env.DNN_LAB_SCREENSHOTS)
      await page.screenshot({ path: `${process.env.DNN_LAB_SCREENSHOTS}/notebooks-${width}.png`, fullPage: true });
    await page.close();
  });
});
