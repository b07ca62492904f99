/** JupyterLab's debugger panel and PyPI's widgets with this kernel. Screenshots go to .cache/test/jupyterlab. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { obstacle, startBrowser, startLab, type Lab } from "./jupyter-lab";
import { LabPage, LIMIT_MS, notebookText, screenshots } from "./lab-page";
import { python } from "./kernelUnderTest";

const cells = {
  area: "function area(w: number, h: number) {\n  const product = w * h;\n  return product;\n}\nlet total = area(2, 3);\ntotal",
  interact:
    "import { slider, interact } from 'dnn-lab-kernel/widgets'\nawait interact({ side: slider({ max: 10, value: 2 }) }, ({ side }) => html`<b class='square'>${side * side}</b>`); void 0",
  figure:
    "import { slider, interact } from 'dnn-lab-kernel/widgets'\nawait interact({ slope: slider({ max: 10, value: 2 }) }, ({ slope }) => ({ data: [{ y: [0, slope] }], layout: { title: { text: `slope ${slope}` }, height: 300 } })); void 0",
  button:
    "import { button } from 'dnn-lab-kernel/widgets'\nconst go = button('go'); go.onClick(() => { console.log('was clicked'); throw new RangeError('no more') }); go",
};
type CellName = keyof typeof cells;
const order = Object.keys(cells) as CellName[];

/** What of the page is used here; the compiler is not told of a browser's other names. */
declare const document: { querySelector(selector: string): object | null };

function hasWidgets(): boolean {
  try {
    execFileSync(python, ["-c", "import jupyterlab_widgets"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const why = obstacle();
let server: Lab | undefined;
let browser: Browser | undefined;
let page: Page;

const lab = new LabPage(() => page, order);

/** The button does nothing while JupyterLab still connects with the kernel. */
async function switchDebugger(pressed: "true" | "false"): Promise<void> {
  for (const until = Date.now() + LIMIT_MS; Date.now() < until;) {
    await lab.click(".jp-DebuggerBugButton");
    const is = `.jp-DebuggerBugButton[aria-pressed="${pressed}"]`;
    if (await page.waitForSelector(is, { timeout: 3_000 }).catch(() => null)) return;
  }
  await lab.picture("failure");
  throw new Error(`the debugger's button did not become ${pressed}`);
}

const debuggerPanel = ".jp-DebuggerSidebar";
const idle = () => lab.seen('.jp-NotebookPanel-toolbar .jp-Notebook-ExecutionIndicator[data-status="idle"]');

describe.skipIf(why)(why === undefined ? "JupyterLab as a workbench" : `JupyterLab (skipped: ${why})`, () => {
  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    browser = await startBrowser();
    server = await startLab({ "notebook.ipynb": notebookText(cells) });
    page = await browser.newPage();
    await page.setViewport({ width: 1500, height: 1000 });
    await page.goto(server.address("notebook.ipynb"), { timeout: LIMIT_MS });
    await idle();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  }, 60_000);

  it("stops at a breakpoint set in the gutter, shows the variables, steps and goes on", async () => {
    await switchDebugger("true");
    await lab.seen(`${lab.at("area")} .cm-breakpoint-gutter`);
    // The third line of the gutter; its first element is a spacer.
    await page.waitForFunction(
      (place: string) => document.querySelector(place) !== null,
      { timeout: LIMIT_MS },
      `${lab.at("area")} .cm-breakpoint-gutter .cm-gutterElement:nth-child(4)`,
    );
    await lab.click(`${lab.at("area")} .cm-breakpoint-gutter .cm-gutterElement:nth-child(4)`);
    await lab.reads(`${debuggerPanel} .jp-DebuggerBreakpoints`, "3");
    await lab.start("area");
    await lab.reads(`${debuggerPanel} .jp-DebuggerCallstack`, "area");
    await lab.reads(`${debuggerPanel} .jp-DebuggerVariables`, "product");
    await lab.picture("debugger");
    expect(await lab.textOf(`${debuggerPanel} .jp-DebuggerVariables`)).toContain("6");
    await lab.seen(`${lab.at("area")} .jp-DebuggerEditor-highlight`);
    await lab.click(`${debuggerPanel} jp-button[data-command="debugger:continue"]`);
    await lab.reads(`${lab.at("area")} .jp-Cell-outputArea`, "6");
    // Without a stop the panel shows the notebook's names.
    await lab.reads(`${debuggerPanel} .jp-DebuggerVariables`, "total");
    await lab.picture("debugger-globals");
    await switchDebugger("false");
  }, 240_000);

  it.skipIf(!hasWidgets())(
    "moves a slider, and the result changes in place",
    async () => {
      await lab.start("interact");
      await lab.reads(`${lab.at("interact")} .square`, "4");
      await lab.seen(`${lab.at("interact")} .jupyter-widgets .noUi-handle`);
      await lab.reads(`${lab.at("interact")} .widget-label`, "side");
      await lab.picture("widgets");
      await page.focus(`${lab.at("interact")} .noUi-handle`);
      for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("ArrowRight");
      await lab.reads(`${lab.at("interact")} .square`, "25");
      await lab.picture("widgets-moved");
    },
    240_000,
  );

  // Its widgets leave what a callback prints to nobody.
  it.skipIf(!hasWidgets())(
    "clicks a button, and reads below the cell what its function prints and throws",
    async () => {
      await lab.start("button");
      await lab.click(`${lab.at("button")} .jupyter-button`);
      for (const text of ["was clicked", "RangeError", "no more"])
        await lab.reads(`${lab.at("button")} .jp-OutputArea`, text);
      await lab.picture("button-clicked");
    },
    240_000,
  );

  // Its plotly extension draws a figure once, and passes over its updates.
  it.skipIf(!hasWidgets())(
    "moves a slider, and a plotly figure changes in place",
    async () => {
      await lab.start("figure");
      await lab.reads(`${lab.at("figure")} .gtitle`, "slope 2");
      await page.focus(`${lab.at("figure")} .noUi-handle`);
      for (const slope of [3, 4]) {
        await page.keyboard.press("ArrowRight");
        await lab.reads(`${lab.at("figure")} .gtitle`, `slope ${slope}`);
      }
      expect(await page.$$(`${lab.at("figure")} .js-plotly-plot`)).toHaveLength(1);
      await lab.picture("figure-moved");
    },
    240_000,
  );
});
