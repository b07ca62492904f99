/** The static site, built and looked at in a headless browser: from files and under a sub-path. Screenshots: .cache/test/site. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildSite } from "../../scripts/site/build";
import { withEquations } from "../../scripts/site/equations";
import { dataOf } from "../../scripts/site/gallery";
import { withGithubIds, withLinks } from "../../scripts/site/links";
import { sectionsOf, words } from "../../scripts/site/search";
import { obstacle, startBrowser } from "../kernel/jupyter-lab";

const root = join(__dirname, "..", "..");
const screenshots = join(root, ".cache", "test", "site");
const why = obstacle();

/** What of the page is used here; the compiler is not told of a browser's other names. */
interface Element {
  readonly id: string;
  readonly href: string;
  readonly baseURI: string;
  readonly complete: boolean;
  readonly naturalWidth: number;
  readonly textContent: string;
  scrollIntoView(): void;
  getAttribute(name: string): string | null;
}
declare const document: {
  querySelectorAll(selector: string): Iterable<Element>;
  documentElement: { scrollWidth: number };
};
declare const window: { innerWidth: number };

describe.skipIf(why)(why === undefined ? "the site" : `the site (skipped: ${why})`, () => {
  let folder: string;
  let out: string;
  let pages: string[];
  let browser: Browser;
  let server: Server;
  let page: Page;
  let trouble: string[] = [];

  beforeAll(async () => {
    mkdirSync(screenshots, { recursive: true });
    folder = mkdtempSync(join(tmpdir(), "dnn lab site "));
    out = join(folder, "some where", "site");
    pages = buildSite({ root, out });
    server = await served(out);
    browser = await startBrowser();
    page = await browser.newPage();
    await page.setViewport({ width: 1100, height: 900 });
    page.on("pageerror", (error) => trouble.push(String(error)));
    page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
    page.on("requestfailed", (request) => trouble.push(`failed: ${request.url()}`));
    page.on("request", (request) => {
      const { protocol, hostname } = new URL(request.url());
      if (!["file:", "data:", "blob:"].includes(protocol) && hostname !== "127.0.0.1") trouble.push(request.url());
    });
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const fileOf = (place: string) => pathToFileURL(join(out, place)).href;

  it("has a page for each notebook and guide", () => {
    expect(pages).toEqual(expect.arrayContaining(["index.html", "README.html", "docs/kernel.html"]));
    for (const place of [
      "functions/dnn-lab.fit",
      "modules/dnn-lab_reports",
      "functions/dnn-lab-grader.gradeSubmission",
    ]) {
      expect(existsSync(join(out, "api", `${place}.html`)), place).toBe(true);
    }
    expect(pages.filter((place) => place.startsWith("notebooks/topics/")).length).toBeGreaterThanOrEqual(8);
  });

  it(
    "shows every page from the file system: all figures drawn, all images, no error, no other host",
    { timeout: 600_000 },
    async () => {
      for (const place of pages) {
        trouble = [];
        await page.goto(fileOf(place));
        const { figures, equations, broken, wide } = await look(page);
        const html = readFileSync(join(out, place), "utf8");
        expect(trouble, place).toEqual([]);
        expect(broken, place).toEqual([]);
        expect(figures, place).toBe(html.match(/class="plotly-figure"/g)?.length ?? 0);
        expect(equations, place).toBe(html.match(/class="katex"/g)?.length ?? 0);
        expect(wide, `${place} is wider than the window`).toBe(false);
      }
    },
  );

  it("has no dead link", { timeout: 300_000 }, async () => {
    const anchors = new Map<string, Set<string>>();
    const links: { place: string; href: string }[] = [];
    await page.setJavaScriptEnabled(false);
    for (const place of pages) {
      await page.goto(fileOf(place));
      anchors.set(join(out, place), new Set(await page.$$eval("[id]", (all) => all.map(({ id }) => id))));
      // A link within an SVG has no text as its `href`.
      const found = await page.$$eval("a[href]", (all) =>
        all.map((each) => new URL(each.getAttribute("href")!, (each as unknown as Element).baseURI).href),
      );
      links.push(...found.map((href) => ({ place, href })));
    }
    await page.setJavaScriptEnabled(true);
    expect(links.length).toBeGreaterThan(300);
    const dead = links.filter(({ href }) => {
      const url = new URL(href);
      if (url.protocol !== "file:") return false;
      const file = fileURLToPath(new URL(url.pathname, url));
      const known = anchors.get(file);
      return (
        !existsSync(file) ||
        (url.hash !== "" && known !== undefined && !known.has(decodeURIComponent(url.hash.slice(1))))
      );
    });
    expect(dead).toEqual([]);
  });

  it("works under a sub-path, and finds what is searched for", { timeout: 120_000 }, async () => {
    const { port } = server.address() as AddressInfo;
    trouble = [];
    await page.goto(`http://127.0.0.1:${port}/some/path/notebooks/topics/gradient_clipping.html`);
    expect((await look(page)).broken).toEqual([]);
    await page.type("search input", "selu self-normalization");
    const [first] = await page.$$eval("search li a", (all) => all.map((each) => (each as unknown as Element).href));
    expect(first).toMatch(/\/some\/path\/notebooks\/topics\/activations\.html#./);
    await page.screenshot({ path: `${screenshots}/search.png` });
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => [...document.querySelectorAll("h1")][0]?.textContent?.startsWith("Activations"));
    expect(trouble).toEqual([]);
  });

  it.each(["light", "dark"])("can be looked at in %s", { timeout: 120_000 }, async (scheme) => {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    for (const place of ["index.html", "README.html", "notebooks/topics/gradient_clipping.html"]) {
      await page.goto(fileOf(place));
      await look(page);
      const name = place.replace(/\W+/g, "-");
      await page.screenshot({ path: `${screenshots}/${name}-${scheme}.png`, fullPage: true });
    }
    const background = await page.$eval("body", (body) => getComputedStyle(body as never).backgroundColor);
    expect(background).toBe(scheme === "light" ? "rgb(255, 255, 255)" : "rgb(18, 22, 28)");
  });
});

declare function getComputedStyle(element: never): { backgroundColor: string };

/** Scrolls to every figure and waits there until it is drawn, however busy the machine is; tells what is there. */
async function look(page: Page) {
  await page.evaluate(async () => {
    const shown = (each: { complete?: boolean; getAttribute(name: string): string | null }) =>
      each.complete ?? each.getAttribute("data-drawn") !== null;
    for (const each of document.querySelectorAll(".plotly-figure, img")) {
      const late = Date.now() + 120_000;
      do {
        each.scrollIntoView();
        await new Promise((resolve) => setTimeout(resolve, 30));
      } while (!shown(each) && Date.now() < late);
    }
  });
  return page.evaluate(() => ({
    figures: [...document.querySelectorAll(".plotly-figure .main-svg:first-child")].length,
    equations: [...document.querySelectorAll(".katex")].length,
    broken: [...document.querySelectorAll("img")]
      .filter(({ naturalWidth }) => naturalWidth === 0)
      .map((each) => each.getAttribute("src")),
    wide: document.documentElement.scrollWidth > window.innerWidth,
  }));
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".png": "image/png",
};

/** The folder under `/some/path/`, and nothing beside it. */
function served(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = decodeURI(new URL(request.url!, "http://localhost").pathname);
    const file = join(folder, path.replace(/^\/some\/path\//, ""));
    const there = path.startsWith("/some/path/") && existsSync(file);
    response.writeHead(there ? 200 : 404, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    response.end(there ? readFileSync(file) : "");
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

describe("the parts of the site", () => {
  const cell = (html: string) => `<div class="text_cell_render rendered_html">\n${html}\n</div>`;

  it("set equations in text, not in code, and refuse one that is wrong", () => {
    const set = withEquations(cell("<p>$a &lt; b$ and $$\\frac{1}{2}$$ <code>$x$</code></p>"));
    expect(set.match(/class="katex"/g)).toHaveLength(2);
    expect(set).toContain("<code>$x$</code>");
    expect(withEquations("<pre>$a$</pre>")).toBe("<pre>$a$</pre>");
    expect(() => withEquations(cell("$\\fracc{1}{2}$"))).toThrow("\\fracc");
  });

  it("follow links to pages, folders and files, and refuse dead ones", () => {
    const needed: string[] = [];
    const options = {
      ...{ root, file: "docs/kernel.md", page: "docs/kernel.html" },
      pageOf: (file: string) => (file === "README.md" ? "README.html" : undefined),
      needs: (file: string) => void needed.push(file),
    };
    const link = (href: string) => /href="([^"]*)"/.exec(withLinks(`<a href="${href}">x</a>`, options))![1];
    expect(link("../README.md#two-commands")).toBe("../README.html#two-commands");
    expect(link("../notebooks/topics")).toBe("../index.html");
    expect(link("../src/library/index.ts")).toBe("../source/src/library/index.ts.txt");
    expect(link("https://nodejs.org")).toBe("https://nodejs.org");
    expect(link("#here")).toBe("#here");
    expect(needed).toEqual(["src/library/index.ts"]);
    expect(() => link("gone.md")).toThrow("docs/kernel.md links to gone.md");
    expect(() => link(`../../${dirname(root)}`)).toThrow("is not there");
  });

  it("name the headings of Markdown pages as GitHub does", () => {
    const heading = (id: string) => `<h2 id="${id}">x<a class="anchor-link" href="#${id}">¶</a></h2>`;
    expect(withGithubIds(heading("A-notebook,-and-Keras&#39;"))).toBe(heading("a-notebook-and-keras"));
  });

  it("know on which data a notebook ran", () => {
    expect(dataOf("fashionMnist.load", "fashion_mnist from folder")).toBe("Fashion-MNIST: the real data");
    expect(dataOf("cifar10.load", "10 training images, generated\n")).toContain("CIFAR-10: a generated stand-in");
    expect(dataOf("", "")).toBe("no data needed");
  });

  it("cut pages into sections for the search", () => {
    const content =
      '<h1 id="A">A &amp; b<a class="anchor-link" href="#A">¶</a></h1><p>one</p><h2 id="B">B</h2><p>two &lt; three</p>';
    expect(words("<p>cell <em>x</em>: <code>y</code>, z</p>")).toBe("cell x: y, z");
    expect(sectionsOf({ place: "a.html", title: "A & b", kind: "Topic", content })).toEqual([
      { place: "a.html", anchor: "A", page: "A & b", kind: "Topic", title: "A & b", text: "one" },
      { place: "a.html", anchor: "B", page: "A & b", kind: "Topic", title: "B", text: "two < three" },
    ]);
  });
});
