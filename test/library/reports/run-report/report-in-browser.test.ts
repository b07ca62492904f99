import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { learningCurve } from "../../../../src/library/reports/figures/learning-curve";
import { saveFigure } from "../../../../src/library/reports/figures/save-figure";
import { rendererFolder } from "../../../../src/library/reports/images/cache-folder";
import { figureImage } from "../../../../src/library/reports/images/figure-image";
import { findBrowser } from "../../../../src/library/reports/images/find-browser";
import { stopRenderer } from "../../../../src/library/reports/images/renderer";
import { writeReport } from "../../../../src/library/reports/run-report/write-report";
import { plainHistory } from "../histories";
import { wholeRecord } from "../records";

/** The browser that draws figures: npm's, unpacked by the first image, else the system's. */
async function executable(): Promise<string> {
  await figureImage(learningCurve(plainHistory), { scale: 1 });
  await stopRenderer();
  const unpacked = readdirSync(rendererFolder()).find((name) => name.startsWith("chromium-"));
  return unpacked ? join(rendererFolder(), unpacked, "chromium") : findBrowser().executables[0];
}

let browser: Browser;
let folder: string;
let report: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "report browser test "));
  ({ report } = writeReport(wholeRecord(), folder));
  const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
  browser = await puppeteer.launch({ executablePath: await executable(), headless: "shell", pipe: true, args });
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a file and collects what goes wrong, and every request beyond the file. */
async function open(path: string, width: number, scheme: "light" | "dark"): Promise<{ page: Page; trouble: string[] }> {
  const page = await browser.newPage();
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(String(error)));
  page.on("console", (message) => trouble.push(message.text()));
  page.on("request", (request) => {
    if (request.url() !== pathToFileURL(path).href && !/^(data|blob):/.test(request.url())) trouble.push(request.url());
  });
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(pathToFileURL(path).href);
  return { page, trouble };
}

/**
 * Runs in the page: charts drawn, places still waiting, lines of the first chart, width of the content, where
 * the second panel is, page colour.
 */
const look = `(() => ({
  charts: document.querySelectorAll(".js-plotly-plot .main-svg:first-child").length,
  waiting: document.querySelectorAll(".waiting").length,
  lines: document.querySelectorAll("#section-0 .scatterlayer .js-line").length,
  width: document.documentElement.scrollWidth,
  panels: (() => {
    const { xaxis, xaxis2 } = (document.getElementById("section-0") ?? document.getElementById("figure"))._fullLayout;
    return xaxis._offset === xaxis2._offset ? "below each other" : "side by side";
  })(),
  background: getComputedStyle(document.body).backgroundColor,
}))()`;

describe("the report in a browser", () => {
  test.each([
    ["a desktop", 1200, "light", "rgb(246, 247, 249)", "side by side"],
    ["a phone in the dark", 360, "dark", "rgb(18, 22, 28)", "below each other"],
  ] as const)(
    "on %s draws all curves, fits the width, asks for nothing and has no errors",
    async (_, width, scheme, background, panels) => {
      const { page, trouble } = await open(report, width, scheme);
      expect(await page.evaluate(look)).toEqual({ charts: 6, waiting: 0, lines: 8, width, panels, background });
      expect(trouble).toEqual([]);
      await page.close();
    },
  );

  test("redraws when the theme changes", async () => {
    const { page } = await open(report, 1200, "light");
    const colour = () =>
      page.$eval("#section-0 .js-line", (line) => (line as unknown as { style: { stroke: string } }).style.stroke);
    const light = await colour();
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
    await page.waitForFunction(`document.querySelector("#section-0 .js-line").style.stroke !== "${light}"`);
    await page.close();
  });

  test("a figure saved as HTML is a page of its own", async () => {
    const path = join(folder, "a figure.html");
    await saveFigure(learningCurve(plainHistory, { title: "One </script> run" }), path);
    const { page, trouble } = await open(path, 1000, "light");
    expect(await page.title()).toBe("One </script> run");
    expect(await page.evaluate(look)).toMatchObject({ charts: 1, waiting: 0, width: 1000 });
    expect(trouble).toEqual([]);
    await page.close();
  });
});
