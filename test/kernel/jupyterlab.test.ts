/** JupyterLab in a headless browser: what a student does in the first minutes. Screenshots go to .cache/test/jupyterlab. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { obstacle, startBrowser, startLab, type Lab } from "./jupyter-lab";
import { root } from "./kernelUnderTest";

const LIMIT_MS = 60_000;
const screenshots = join(root, ".cache", "test", "jupyterlab");

const cells = {
  points:
    "interface Point { x: number; y: number }\nconst points: Point[] = [1, 2, 3].map((x) => ({ x, y: x ** 2 }));\npoints",
  figure:
    "({\n  data: [{ x: points.map(({ x }) => x), y: points.map(({ y }) => y) }],\n  layout: { title: { text: 'Squares' }, height: 300 },\n})",
  typeError: "const total: number = points.map(({ y }) => String(y))",
  completion: "points.f",
  endless: "let rounds = 0;\nconsole.log('started');\nwhile (true) rounds += 1;",
  after: "`${points.length} points, ${rounds > 0}`",
};
type CellName = keyof typeof cells;
const order = Object.keys(cells) as CellName[];

function notebook(): string {
  const metadata = { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } };
  const all = Object.entries(cells).map(([id, source]) => {
    return { id, cell_type: "code", source, metadata: {}, outputs: [], execution_count: null };
  });
  return JSON.stringify({ cells: all, metadata, nbformat: 4, nbformat_minor: 5 });
}

/** What of the page is used here; the compiler is not told of a browser's other names. */
declare const document: { querySelector(selector: string): { textContent: string } | null };

const why = obstacle();
let lab: Lab | undefined;
let browser: Browser | undefined;
let page: Page;

/** Selector of a cell. */
const at = (name: CellName) => `.jp-Notebook .jp-Cell[data-windowed-list-index="${order.indexOf(name)}"]`;

/** The element of a selector, as soon as it is seen. */
const seen = (selector: string) => page.locator(selector).setTimeout(LIMIT_MS).waitHandle();
const click = (selector: string) => page.locator(selector).setTimeout(LIMIT_MS).click();
const textOf = (selector: string) => page.$$eval(selector, (all) => all.map((each) => each.textContent).join(""));

/** Waits until the text of a place contains something. */
async function reads(selector: string, expected: string): Promise<void> {
  const contains = (place: string, part: string) => document.querySelector(place)?.textContent?.includes(part);
  await page.waitForFunction(contains, { timeout: LIMIT_MS }, selector, expected).catch(async (error: Error) => {
    await picture("failure");
    throw new Error(`${selector} does not show "${expected}" but "${await textOf(selector)}": ${error.message}`);
  });
}

async function focus(name: CellName): Promise<void> {
  await click(`${at(name)} .cm-content`);
  await page.keyboard.down("Control");
  await page.keyboard.press("End");
  await page.keyboard.up("Control");
}

async function start(name: CellName): Promise<void> {
  await focus(name);
  await page.keyboard.down("Control");
  await page.keyboard.press("Enter");
  await page.keyboard.up("Control");
}

const outputOf = (name: CellName) => `${at(name)} .jp-Cell-outputArea`;

/** Runs a cell and waits for its number and for something in its output. */
async function run(name: CellName, count: number, ...expected: string[]): Promise<void> {
  await start(name);
  await reads(`${at(name)} .jp-InputPrompt`, `[${count}]:`);
  for (const part of expected) await reads(outputOf(name), part);
}

const idle = () => seen('.jp-NotebookPanel-toolbar .jp-Notebook-ExecutionIndicator[data-status="idle"]');

async function press(item: string): Promise<void> {
  await click(`.jp-NotebookPanel-toolbar [data-jp-item-name="${item}"] jp-button`);
}

async function picture(name: string): Promise<void> {
  await page.screenshot({ path: `${screenshots}/${name}.png` });
}

describe.skipIf(why)(why === undefined ? "JupyterLab" : `JupyterLab (skipped: ${why})`, () => {
  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    browser = await startBrowser();
    lab = await startLab({ "notebook.ipynb": notebook() });
    page = await browser.newPage();
    await page.goto(lab.address("notebook.ipynb"), { timeout: LIMIT_MS });
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  }, 60_000);

  it("opens a notebook under the kernel's name, and runs a cell", async () => {
    await reads(".jp-NotebookPanel-toolbar .jp-KernelName", "TypeScript");
    await idle();
    await run("points", 1, "{ x: 2, y: 4 }");
  });

  it("shows a plotly figure, drawn by plotly's extension", async () => {
    await run("figure", 2);
    await seen(`${at("figure")} .jp-RenderedPlotly .main-svg`);
    await reads(`${at("figure")} .jp-RenderedPlotly`, "Squares");
    await picture("figure");
  });

  it("marks a type error in the cell's own lines", async () => {
    await run("typeError", 3, "TS2322", "^^^^^");
    await picture("type-error");
  });

  it("completes by types, and takes the chosen one over", async () => {
    await focus("completion");
    await page.keyboard.press("Tab");
    await reads(".jp-Completer:not(.lm-mod-hidden)", "filter");
    await picture("completion");
    expect(await textOf(".jp-Completer-item .jp-Completer-match")).toContain("forEach");
    await page.keyboard.type("latM");
    await page.keyboard.press("Enter");
    await reads(`${at("completion")} .cm-content`, "points.flatMap");
  });

  it("shows documentation on Shift+Tab", async () => {
    await focus("completion");
    await page.keyboard.down("Shift");
    await page.keyboard.press("Tab");
    await page.keyboard.up("Shift");
    await reads(".jp-Tooltip", "flatMap");
    await picture("documentation");
    await page.keyboard.press("Escape");
  });

  it("interrupts an endless cell and goes on with the notebook's state", async () => {
    await start("endless");
    await reads(outputOf("endless"), "started");
    await press("interrupt");
    await reads(outputOf("endless"), "nterrupt");
    await run("after", 5, "3 points, true");
    await picture("interrupted");
  });

  it("restarts the kernel: counts begin anew and names are gone", async () => {
    await press("restart");
    await click(".jp-Dialog .jp-mod-accept");
    await idle();
    await run("after", 1, "Cannot find name 'points'");
    await run("points", 2, "{ x: 2, y: 4 }");
    await picture("restarted");
  });
});
