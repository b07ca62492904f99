/** JupyterLab's debugger panel and PyPI's widgets with this kernel. Screenshots go to .cache/test/jupyterlab. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { obstacle, startBrowser, startLab, type Lab } from "./jupyter-lab";
import { python, root } from "./kernelUnderTest";

const LIMIT_MS = 60_000;
const screenshots = join(root, ".cache", "test", "jupyterlab");

const cells = {
  area: "function area(w: number, h: number) {\n  const product = w * h;\n  return product;\n}\nlet total = area(2, 3);\ntotal",
  interact:
    "import { slider, interact } from 'dnn-lab-kernel/widgets'\nawait interact({ side: slider({ max: 10, value: 2 }) }, ({ side }) => html`<b class='square'>${side * side}</b>`); void 0",
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

function hasWidgets(): boolean {
  try {
    execFileSync(python, ["-c", "import jupyterlab_widgets"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const why = obstacle();
let lab: Lab | undefined;
let browser: Browser | undefined;
let page: Page;

const at = (name: CellName) => `.jp-Notebook .jp-Cell[data-windowed-list-index="${order.indexOf(name)}"]`;
const seen = (selector: string) => page.locator(selector).setTimeout(LIMIT_MS).waitHandle();
const click = (selector: string) => page.locator(selector).setTimeout(LIMIT_MS).click();
const textOf = (selector: string) => page.$$eval(selector, (all) => all.map((each) => each.textContent).join(""));

async function reads(selector: string, expected: string): Promise<void> {
  const contains = (place: string, part: string) => document.querySelector(place)?.textContent?.includes(part);
  await page.waitForFunction(contains, { timeout: LIMIT_MS }, selector, expected).catch(async (error: Error) => {
    await picture("failure");
    throw new Error(`${selector} does not show "${expected}" but "${await textOf(selector)}": ${error.message}`);
  });
}

async function start(name: CellName): Promise<void> {
  await click(`${at(name)} .cm-content`);
  await page.keyboard.down("Control");
  await page.keyboard.press("Enter");
  await page.keyboard.up("Control");
}

async function picture(name: string): Promise<void> {
  await page.screenshot({ path: `${screenshots}/${name}.png` });
}

/** The button does nothing while JupyterLab still connects with the kernel. */
async function switchDebugger(pressed: "true" | "false"): Promise<void> {
  for (const until = Date.now() + LIMIT_MS; Date.now() < until;) {
    await click(".jp-DebuggerBugButton");
    const is = `.jp-DebuggerBugButton[aria-pressed="${pressed}"]`;
    if (await page.waitForSelector(is, { timeout: 3_000 }).catch(() => null)) return;
  }
  await picture("failure");
  throw new Error(`the debugger's button did not become ${pressed}`);
}

const debuggerPanel = ".jp-DebuggerSidebar";
const idle = () => seen('.jp-NotebookPanel-toolbar .jp-Notebook-ExecutionIndicator[data-status="idle"]');

describe.skipIf(why)(why === undefined ? "JupyterLab as a workbench" : `JupyterLab (skipped: ${why})`, () => {
  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    browser = await startBrowser();
    lab = await startLab({ "notebook.ipynb": notebook() });
    page = await browser.newPage();
    await page.setViewport({ width: 1500, height: 1000 });
    await page.goto(lab.address("notebook.ipynb"), { timeout: LIMIT_MS });
    await idle();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  }, 60_000);

  it("stops at a breakpoint set in the gutter, shows the variables, steps and goes on", async () => {
    await switchDebugger("true");
    await seen(`${at("area")} .cm-breakpoint-gutter`);
    // The third line of the gutter; its first element is a spacer.
    await page.waitForFunction(
      (place: string) => document.querySelector(place) !== null,
      { timeout: LIMIT_MS },
      `${at("area")} .cm-breakpoint-gutter .cm-gutterElement:nth-child(4)`,
    );
    await click(`${at("area")} .cm-breakpoint-gutter .cm-gutterElement:nth-child(4)`);
    await reads(`${debuggerPanel} .jp-DebuggerBreakpoints`, "3");
    await start("area");
    await reads(`${debuggerPanel} .jp-DebuggerCallstack`, "area");
    await reads(`${debuggerPanel} .jp-DebuggerVariables`, "product");
    await picture("debugger");
    expect(await textOf(`${debuggerPanel} .jp-DebuggerVariables`)).toContain("6");
    await seen(`${at("area")} .jp-DebuggerEditor-highlight`);
    await click(`${debuggerPanel} jp-button[data-command="debugger:continue"]`);
    await reads(`${at("area")} .jp-Cell-outputArea`, "6");
    // Without a stop the panel shows the notebook's names.
    await reads(`${debuggerPanel} .jp-DebuggerVariables`, "total");
    await picture("debugger-globals");
    await switchDebugger("false");
  }, 240_000);

  it.skipIf(!hasWidgets())(
    "moves a slider, and the result changes in place",
    async () => {
      await start("interact");
      await reads(`${at("interact")} .square`, "4");
      await seen(`${at("interact")} .jupyter-widgets .noUi-handle`);
      await reads(`${at("interact")} .widget-label`, "side");
      await picture("widgets");
      await page.focus(`${at("interact")} .noUi-handle`);
      for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("ArrowRight");
      await reads(`${at("interact")} .square`, "25");
      await picture("widgets-moved");
    },
    240_000,
  );
});
