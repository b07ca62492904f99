/** The site for everyone: axe-core finds nothing on typical pages, figures and search can be used with the keyboard, paper shows all. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildSite } from "../../scripts/site/build";
import { chapters } from "../../scripts/site/chapters";
import { obstacle, startBrowser } from "../kernel/jupyter-lab";

const root = join(__dirname, "..", "..");
const axe = readFileSync(createRequire(__filename).resolve("axe-core/axe.min.js"), "utf8");
const why = obstacle();
const topic = "notebooks/topics/learning_rate_schedules.html";
/** A page of each kind; the flow chart, and every kind of output. */
const typical = [
  ...["index.html", "slides/index.html", "slides/dropout.html", "docs/kernel.html", "docs/coverage.html"],
  ...["transfer_learning", "playground", "data_sets", "your_own_data"].map((name) => `notebooks/topics/${name}.html`),
  "notebooks/p3_c2_s2_training_deep_neural_networks/code_example.html",
];

/** What of axe-core's results is looked at. */
interface AxeResults {
  readonly violations: readonly { id: string; nodes: readonly { html: string; failureSummary?: string }[] }[];
  readonly passes: readonly { id: string }[];
}
interface Shown {
  readonly textContent: string;
  readonly tagName: string;
  readonly value: string;
  readonly offsetHeight: number;
}
interface Box {
  readonly outerHTML: string;
  closest(selector: string): object | null;
  querySelector(selector: string): object | null;
  getBoundingClientRect(): { right: number };
}
declare const axeCore: { run(): Promise<AxeResults> };
declare const document: {
  querySelector(selector: string): Shown & { scrollIntoView(): void; click(): void };
  querySelectorAll(selector: string): Iterable<Shown>;
  readonly activeElement: Shown;
};

describe.skipIf(why)(why === undefined ? "the site" : `the site (skipped: ${why})`, () => {
  let folder: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "dnn lab site "));
    buildSite({ root, out: folder });
    browser = await startBrowser();
    page = await browser.newPage();
    await page.setViewport({ width: 1100, height: 900 });
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const open = (place: string) => page.goto(pathToFileURL(join(folder, place)).href);
  const findings = async () => {
    await page.evaluate(`${axe}; globalThis.axeCore = globalThis.axe;`);
    return page.evaluate(() => axeCore.run());
  };
  const drawn = async () => {
    await page.evaluate(() => document.querySelector(".plotly-figure").scrollIntoView());
    await page.waitForSelector(".plotly-figure[data-drawn]", { timeout: 60_000 });
  };

  describe.each([
    ["light", 1100],
    ["dark", 1100],
    // Where equations, tables and code are wider than the page (data-8/textbook#207).
    ["light", 380],
  ])("in %s, %i pixels wide", (scheme, width) => {
    beforeAll(() => page.setViewport({ width, height: 900 }));
    afterAll(() => page.setViewport({ width: 1100, height: 900 }));

    it.each([...typical, topic])(
      "%s has nothing that axe-core objects to: contrast, names, order, keyboard",
      { timeout: 120_000 },
      async (place) => {
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        await open(place);
        if (place === topic) await drawn();
        const { violations, passes } = await findings();
        const found = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
        );
        expect(found).toEqual([]);
        // It has looked: contrast is checked on every page.
        expect(passes.map(({ id }) => id)).toContain("color-contrast");
      },
    );
  });

  it("would tell of text that cannot be read", async () => {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
    await open("index.html");
    await page.addStyleTag({ content: ".lead { color: #d0d0d0 !important }" });
    const { violations } = await findings();
    expect(violations.map(({ id }) => id)).toEqual(["color-contrast"]);
  });

  it("moves a figure with the arrow keys, and says where it stands", { timeout: 120_000 }, async () => {
    await open(topic);
    await page.evaluate(() => document.querySelector(".plotly-figure:has(script)").scrollIntoView());
    await page.waitForFunction(
      () => {
        const all = [...document.querySelectorAll("h2")].find(({ textContent }) => textContent.startsWith("Play"));
        (all as unknown as { scrollIntoView(): void }).scrollIntoView();
        return [...document.querySelectorAll(".frames input")].length > 0;
      },
      { timeout: 60_000 },
    );
    await page.focus(".frames input");
    const before = await page.$eval(".frames output", (each) => (each as unknown as Shown).textContent);
    await page.keyboard.press("ArrowRight");
    const after = await page.$eval(".frames output", (each) => (each as unknown as Shown).textContent);
    expect([before, after]).toEqual(["1", "1.5"]);
    expect(await page.$eval(".frames input", (each) => each.getAttribute("aria-valuetext"))).toBe("1.5");
    await page.focus(".frames button");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector(".frames output").textContent === "3", { timeout: 30_000 });
  });

  it("searches with the keyboard alone, and tells pages of one title apart", { timeout: 60_000 }, async () => {
    await open("index.html");
    await page.type("search input", "early stopping");
    const results = await page.$$eval("search li a", (all) =>
      all.map((each) => [...each.querySelectorAll("strong, .kind")].map(({ textContent }) => textContent).join(" – ")),
    );
    expect(results.length).toBeGreaterThan(3);
    expect(new Set(results).size).toBe(results.length);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate(() => document.activeElement.tagName)).toBe("A");
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.activeElement.tagName)).toBe("INPUT");
    expect(await page.$eval("search ol", (each) => (each as unknown as { hidden: boolean }).hidden)).toBe(true);
  });

  it(
    "leads from chapter to chapter, and from a statement of the slides to its cell and its function",
    { timeout: 60_000 },
    async () => {
      await open("notebooks/topics/data_sets.html");
      let steps = 1;
      const titles = [await page.title()];
      for (; await page.$(".neighbours a[rel=next]"); steps++) {
        await Promise.all([page.waitForNavigation(), page.click(".neighbours a[rel=next]")]);
        titles.push(await page.title());
      }
      expect(steps).toBe(chapters.length);
      expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
      expect(page.url()).toMatch(/cifar-10/);
      await open("slides/gradient-clipping.html");
      const links = await page.$$eval("#clipnorm ~ dl:first-of-type a, #clipnorm + p + dl a", (all) =>
        all.map((each) => (each as unknown as { href: string }).href.replace(/^.*dnn%20lab%20site%20\w+\//, "")),
      );
      expect(links.filter((href) => /topics\/gradient_clipping\.html#cell-id=/.test(href)).length).toBeGreaterThan(0);
      expect(links).toContain("api/functions/dnn-lab.clipByNorm.html");
      await open("notebooks/topics/gradient_clipping.html");
      const cell = links.find((href) => href.includes("topics/gradient_clipping"))!.split("#")[1];
      expect(await page.$(`[id="${cell}"]`)).not.toBeNull();
    },
  );

  it("prints the content alone, dark on white, answers unfolded", { timeout: 60_000 }, async () => {
    await open(topic);
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
    await page.emulateMediaType("print");
    const heights = (selector: string) =>
      page.$$eval(selector, (all) => all.map((each) => (each as unknown as Shown).offsetHeight));
    expect(await heights("header, .links, .neighbours")).toEqual([0, 0, 0]);
    const seen = () =>
      page.$$eval("details > p", (all) =>
        all.map((each) => (each as unknown as { checkVisibility(): boolean }).checkVisibility()),
      );
    const answers = await seen();
    expect(answers.length).toBeGreaterThan(3);
    expect(answers).not.toContain(false);
    const background = await page.$eval("body", (body) => getComputedStyle(body as never).backgroundColor);
    expect(background).toBe("rgb(255, 255, 255)");
    await page.emulateMediaType("screen");
    expect(await seen()).not.toContain(true);
  });

  // jupyterlab/jupyterlab#12113, QuantEcon/lecture-python-intro#381: figures and tables were missing on paper, or cut.
  it.each([topic, ...typical])("%s is whole on paper", { timeout: 60_000 }, async (place) => {
    const paper = 720;
    await page.setViewport({ width: paper, height: 1000 });
    await open(place);
    await page.emulateMediaType("print");
    const cut = await page.$$eval(
      "main *",
      (all, width) =>
        (all as unknown as Box[])
          .filter((each) => !each.closest(".katex, svg") && each.getBoundingClientRect().right > width + 1)
          .map((each) => each.outerHTML.slice(0, 120)),
      paper,
    );
    const unseen = await page.$$eval("main .plotly-figure", (all) =>
      all
        .filter((each) => !(each as unknown as Box).querySelector("img, svg"))
        .map((each) => each.outerHTML.slice(0, 120)),
    );
    await page.emulateMediaType("screen");
    await page.setViewport({ width: 1100, height: 900 });
    expect({ cut: cut.slice(0, 5), unseen: unseen.slice(0, 5) }).toEqual({ cut: [], unseen: [] });
  });

  // jupyter-book/jupyter-book#2135: ids twice, headings without words, a search that cannot be sent.
  it.each([topic, ...typical])("%s has each id once, and words in each heading", async (place) => {
    await open(place);
    const ids = await page.$$eval("[id]", (all) => all.map((each) => each.id));
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    const headings = await page.$$eval("h1, h2, h3, h4", (all) => all.map((each) => each.textContent.trim()));
    expect(headings).not.toContain("");
    expect(await page.$eval("html", (html) => html.getAttribute("lang"))).toBe("en");
  });
});

declare function getComputedStyle(element: never): { backgroundColor: string };
