import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { mimeBundle } from "../../../../src/library/reports/display";
import { learningCurve } from "../../../../src/library/reports/figures/learning-curve";
import { palette } from "../../../../src/library/reports/figures/style";
import { figureImage } from "../../../../src/library/reports/images/figure-image";
import { findBrowser } from "../../../../src/library/reports/images/find-browser";
import { rendererFolder } from "../../../../src/library/reports/images/cache-folder";
import { rendererPid, stopRenderer } from "../../../../src/library/reports/images/renderer";
import { plainHistory } from "../histories";
import { countPixels, decodePng } from "./png";

const figure = learningCurve(plainHistory, { title: "A <b>run</b> & more" });

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

afterAll(stopRenderer);
afterEach(() => vi.unstubAllEnvs());

describe("figureImage", () => {
  test("a PNG has the asked size and shows both curves", async () => {
    const png = decodePng(await figureImage(figure, { width: 640, height: 300, scale: 1.5 }));
    expect([png.width, png.height]).toEqual([960, 450]);
    for (const colour of [palette.blue, palette.vermillion]) expect(countPixels(png, colour)).toBeGreaterThan(500);
    expect(countPixels(png, palette.green)).toBe(0);
  });

  test("without options it is twice 900 by the figure's own height", async () => {
    const png = decodePng(await figureImage({ ...figure.toJSON(), layout: { ...figure.layout, height: 250 } }));
    expect([png.width, png.height]).toEqual([1800, 500]);
  });

  test("an SVG has the asked size, the axis titles and a line for each curve", async () => {
    const svg = Buffer.from(await figureImage(figure, { format: "svg", width: 640, height: 300 })).toString("utf8");
    expect(svg.slice(0, svg.indexOf(">"))).toMatch(/^<svg .*width="640".*height="300"/s);
    expect(svg).toContain("Accuracy (fraction correct)");
    expect(svg.match(/class="js-line"/g)).toHaveLength(4 + 2 /* in the legend */);
  });

  test("several at once are drawn by one browser, each in its own size", async () => {
    const widths = [200, 300, 400];
    const images = await Promise.all(widths.map((width) => figureImage(figure, { width, height: 200, scale: 1 })));
    expect(images.map((image) => decodePng(image).width)).toEqual(widths);
    expect(rendererPid()).toBeDefined();
  });

  test("refuses wrong options before it starts anything", async () => {
    await expect(figureImage(figure, { format: "gif" as never })).rejects.toThrow("format must be one of 'png', 'svg'");
    await expect(figureImage(figure, { width: 0 })).rejects.toThrow("width must be an integer at least 10");
    await expect(figureImage(figure, { dpi: 300 } as never)).rejects.toThrow("unknown option 'dpi'");
    await expect(figureImage({} as never)).rejects.toThrow("expected a figure with data and layout");
  });

  test("ends a drawing that takes too long, and the next one works", async () => {
    await figureImage(figure, { scale: 1 });
    const slow = rendererPid()!;
    const many = Array.from({ length: 300_000 }, (_, index) => index);
    const heavy = { data: [{ type: "scatter", mode: "markers", x: many, y: many }], layout: {} };
    await expect(figureImage(heavy, { timeoutMs: 300 })).rejects.toThrow("Drawing took longer than 0.3 s");
    await expect.poll(() => alive(slow), { timeout: 30_000 }).toBe(false);
    expect(existsSync(join(rendererFolder(), String(slow)))).toBe(false);
    expect(decodePng(await figureImage(figure, { scale: 1 })).width).toBe(900);
  });
});

describe("without a browser", () => {
  test("the image fails with the cause and the remedy; the figure is shown all the same, with one notice", async () => {
    await stopRenderer();
    vi.stubEnv("CHROME_PATH", "/nowhere/chrome");
    await expect(figureImage(figure)).rejects.toThrow(
      /No browser could be started.*\/nowhere\/chrome.*set CHROME_PATH/s,
    );
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const bundle = await mimeBundle(figure);
    await mimeBundle(figure);
    expect(Object.keys(bundle)).toEqual(["application/vnd.plotly.v1+json", "text/plain"]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining("shown interactively only, without a static image")]]);
    warn.mockRestore();
    await stopRenderer();
  });
});

describe("findBrowser", () => {
  test("takes what CHROME_PATH names and nothing else", () => {
    expect(findBrowser({ CHROME_PATH: "/x/chrome" }, "linux", () => true)).toEqual({
      executables: ["/x/chrome"],
      bundled: false,
    });
  });

  test("finds the system's browsers on each platform", () => {
    const there =
      (...paths: string[]) =>
      (path: string) =>
        paths.includes(path);
    expect(findBrowser({ PATH: "/a:/b" }, "linux", there("/b/chromium")).executables).toEqual(["/b/chromium"]);
    const mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    expect(findBrowser({}, "darwin", there(mac))).toEqual({ executables: [mac], bundled: false });
    const edge = join("C:/Program Files", "Microsoft/Edge/Application/msedge.exe");
    expect(findBrowser({ PROGRAMFILES: "C:/Program Files" }, "win32", there(edge)).executables).toEqual([edge]);
  });
});

describe("rendererFolder", () => {
  test("is the project's cache, else the user's, else one in the temporary folder", () => {
    const base = mkdtempSync(join(tmpdir(), "cache test "));
    const user = { XDG_CACHE_HOME: join(base, "user") };
    expect(rendererFolder(user, join(base, "project"))).toBe(join(base, "project", "renderer"));
    const file = join(base, "file");
    writeFileSync(file, "a folder cannot be made in a file");
    expect(rendererFolder(user, file)).toBe(join(base, "user", "dnn-lab", "renderer"));
    const last = rendererFolder({ XDG_CACHE_HOME: file, LOCALAPPDATA: file }, file);
    if (process.platform !== "darwin") expect(dirname(dirname(last))).toBe(tmpdir());
    rmSync(base, { recursive: true });
  });
});
