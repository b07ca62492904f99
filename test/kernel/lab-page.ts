/** What the tests of JupyterLab do with a page: a notebook's cells are found, run and read. */
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { root } from "./kernelUnderTest";

/** How long a page may take for anything. */
export const LIMIT_MS = 60_000;
/** Where screenshots go. */
export const screenshots = join(root, ".cache", "test", "jupyterlab");

/** What of the page is used here; the compiler is not told of a browser's other names. */
declare const document: { querySelector(selector: string): { textContent: string } | null };

/** A notebook file with these cells, by name. */
export function notebookText(cells: Readonly<Record<string, string>>): string {
  const metadata = { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } };
  const all = Object.entries(cells).map(([id, source]) => {
    return { id, cell_type: "code", source, metadata: {}, outputs: [], execution_count: null };
  });
  return JSON.stringify({ cells: all, metadata, nbformat: 4, nbformat_minor: 5 });
}

/** An open notebook; `page` gives its page once there is one. */
export class LabPage<Name extends string> {
  constructor(
    private readonly page: () => Page,
    private readonly order: readonly Name[],
  ) {}

  /** Selector of a cell. */
  at(name: Name): string {
    return `.jp-Notebook .jp-Cell[data-windowed-list-index="${this.order.indexOf(name)}"]`;
  }

  /** The element of a selector, as soon as it is seen. */
  seen(selector: string) {
    return this.page().locator(selector).setTimeout(LIMIT_MS).waitHandle();
  }

  click(selector: string): Promise<void> {
    return this.page().locator(selector).setTimeout(LIMIT_MS).click();
  }

  textOf(selector: string): Promise<string> {
    return this.page().$$eval(selector, (all) => all.map((each) => each.textContent).join(""));
  }

  /** Waits until the text of a place contains something. */
  async reads(selector: string, expected: string): Promise<void> {
    const contains = (place: string, part: string) => document.querySelector(place)?.textContent?.includes(part);
    const waiting = this.page().waitForFunction(contains, { timeout: LIMIT_MS }, selector, expected);
    await waiting.catch(async (error: Error) => {
      await this.picture("failure");
      throw new Error(`${selector} does not show "${expected}" but "${await this.textOf(selector)}": ${error.message}`);
    });
  }

  /** Presses a key while Control is held. */
  async withControl(key: "Enter" | "End"): Promise<void> {
    const { keyboard } = this.page();
    await keyboard.down("Control");
    await keyboard.press(key);
    await keyboard.up("Control");
  }

  /** Runs a cell. */
  async start(name: Name): Promise<void> {
    await this.click(`${this.at(name)} .cm-content`);
    await this.withControl("Enter");
  }

  async picture(name: string): Promise<void> {
    await this.page().screenshot({ path: `${screenshots}/${name}.png` });
  }
}
