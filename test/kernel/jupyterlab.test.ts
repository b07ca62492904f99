/** JupyterLab in a headless browser: what a student does in the first minutes. Screenshots go to .cache/test/jupyterlab. */
import { mkdirSync } from "node:fs";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { obstacle, startBrowser, startLab, type Lab } from "./jupyter-lab";
import { LabPage, LIMIT_MS, notebookText, screenshots } from "./lab-page";

const cells = {
  points:
    "interface Point { x: number; y: number }\nconst points: Point[] = [1, 2, 3].map((x) => ({ x, y: x ** 2 }));\npoints",
  figure:
    "({\n  data: [{ x: points.map(({ x }) => x), y: points.map(({ y }) => y) }],\n  layout: { title: { text: 'Squares' }, height: 300 },\n})",
  picture: "image({ width: 2_000, height: 50, data: new Uint8ClampedArray(400_000).fill(99) })",
  typeError: "const total: number = points.map(({ y }) => String(y))",
  completion: "points.f",
  endless: "let rounds = 0;\nconsole.log('started');\nwhile (true) rounds += 1;",
  after: "`${points.length} points, ${rounds > 0}`",
};
type CellName = keyof typeof cells;
const order = Object.keys(cells) as CellName[];

const why = obstacle();
let server: Lab | undefined;
let browser: Browser | undefined;
let page: Page;

const lab = new LabPage(() => page, order);
/** Puts the cursor at the end of a cell. */
async function toEnd(name: CellName): Promise<void> {
  await lab.click(`${lab.at(name)} .cm-content`);
  await lab.withControl("End");
}

const outputOf = (name: CellName) => `${lab.at(name)} .jp-Cell-outputArea`;

/** Where the content of an output stands. */
const outputAt = (name: CellName) => `${lab.at(name)} .jp-OutputArea-output`;
const widthOf = (place: string) =>
  page.$eval(
    place,
    (element) => (element as unknown as { getBoundingClientRect(): { width: number } }).getBoundingClientRect().width,
  );

/** Runs a cell and waits for its number and for something in its output. */
async function run(name: CellName, count: number, ...expected: string[]): Promise<void> {
  await lab.start(name);
  await lab.reads(`${lab.at(name)} .jp-InputPrompt`, `[${count}]:`);
  for (const part of expected) await lab.reads(outputOf(name), part);
}

const idle = () => lab.seen('.jp-NotebookPanel-toolbar .jp-Notebook-ExecutionIndicator[data-status="idle"]');

async function press(item: string): Promise<void> {
  await lab.click(`.jp-NotebookPanel-toolbar [data-jp-item-name="${item}"] jp-button`);
}

describe.skipIf(why)(why === undefined ? "JupyterLab" : `JupyterLab (skipped: ${why})`, () => {
  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    browser = await startBrowser();
    server = await startLab({ "notebook.ipynb": notebookText(cells) });
    page = await browser.newPage();
    await page.goto(server.address("notebook.ipynb"), { timeout: LIMIT_MS });
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  }, 60_000);

  it("opens a notebook under the kernel's name, and runs a cell", async () => {
    await lab.reads(".jp-NotebookPanel-toolbar .jp-KernelName", "TypeScript");
    await idle();
    await run("points", 1, "{ x: 2, y: 4 }");
  });

  it("shows a plotly figure, drawn by plotly's extension", async () => {
    await run("figure", 2);
    await lab.seen(`${lab.at("figure")} .jp-RenderedPlotly .main-svg`);
    await lab.reads(`${lab.at("figure")} .jp-RenderedPlotly`, "Squares");
    const figure = `${lab.at("figure")} .jp-RenderedPlotly .main-svg`;
    // As wide as its place from the start.
    expect((await widthOf(figure)) / (await widthOf(outputAt("figure")))).toBeCloseTo(1, 1);
    await lab.picture("figure");
  });

  it("shows a saved picture, as of a figure without the extension, no wider than the page", async () => {
    await run("picture", 3);
    await lab.seen(`${lab.at("picture")} .jp-RenderedImage img`);
    const [picture, place] = await Promise.all([`${lab.at("picture")} img`, outputAt("picture")].map(widthOf));
    expect(picture).toBeGreaterThan(0);
    expect(picture).toBeLessThanOrEqual(place);
  });

  it("marks a type error in the cell's own lines", async () => {
    await run("typeError", 4, "TS2322", "^^^^^");
    await lab.picture("type-error");
  });

  it("completes by types, and takes the chosen one over", async () => {
    await toEnd("completion");
    await page.keyboard.press("Tab");
    await lab.reads(".jp-Completer:not(.lm-mod-hidden)", "filter");
    await lab.picture("completion");
    expect(await lab.textOf(".jp-Completer-item .jp-Completer-match")).toContain("forEach");
    await page.keyboard.type("latM");
    await page.keyboard.press("Enter");
    await lab.reads(`${lab.at("completion")} .cm-content`, "points.flatMap");
  });

  it("shows documentation on Shift+Tab", async () => {
    await toEnd("completion");
    await page.keyboard.down("Shift");
    await page.keyboard.press("Tab");
    await page.keyboard.up("Shift");
    await lab.reads(".jp-Tooltip", "flatMap");
    await lab.picture("documentation");
    await page.keyboard.press("Escape");
  });

  it("interrupts an endless cell and goes on with the notebook's state", async () => {
    await lab.start("endless");
    await lab.reads(outputOf("endless"), "started");
    await press("interrupt");
    await lab.reads(outputOf("endless"), "nterrupt");
    await run("after", 6, "3 points, true");
    await lab.picture("interrupted");
  });

  it("restarts the kernel: counts begin anew and names are gone", async () => {
    await press("restart");
    await lab.click(".jp-Dialog .jp-mod-accept");
    await idle();
    await run("after", 1, "Cannot find name 'points'");
    await run("points", 2, "{ x: 2, y: 4 }");
    await lab.picture("restarted");
  });
});
