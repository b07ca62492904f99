import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { learningCurve } from "../../../../src/library/reports/figures/learning-curve";
import { saveFigure } from "../../../../src/library/reports/figures/save-figure";
import { stopRenderer } from "../../../../src/library/reports/images/renderer";
import { plainHistory } from "../histories";
import { decodePng } from "../images/png";

const figure = learningCurve(plainHistory, { title: "A run" });
let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "figures "))));
afterAll(async () => {
  await stopRenderer();
  rmSync(folder, { recursive: true, force: true });
});

describe("saveFigure", () => {
  test("writes what the ending says, into folders that it makes", async () => {
    const path = (name: string) => join(folder, "deep", name);
    await saveFigure(figure, path("a.json"));
    await saveFigure(figure, path("a.PNG"), { width: 300, height: 200, scale: 1 });
    await saveFigure(figure, path("a.svg"));
    await saveFigure(figure, path("a.html"));
    expect(readdirSync(join(folder, "deep")).sort()).toEqual(["a.PNG", "a.html", "a.json", "a.svg"]);
    expect(JSON.parse(readFileSync(path("a.json"), "utf8"))).toEqual(JSON.parse(JSON.stringify(figure)));
    expect(decodePng(readFileSync(path("a.PNG")))).toMatchObject({ width: 300, height: 200 });
    expect(readFileSync(path("a.svg"), "utf8")).toMatch(/^<svg .*<\/svg>$/s);
    expect(readFileSync(path("a.html"), "utf8")).toContain("<title>A run</title>");
  });

  test("refuses other endings and options, and then writes nothing", async () => {
    await expect(saveFigure(figure, join(folder, "x", "a.gif"))).rejects.toThrow(
      "the ending of path must be one of '.png', '.svg'",
    );
    await expect(saveFigure(figure, join(folder, "x", "a.png"), { format: "svg" } as never)).rejects.toThrow(
      "unknown option 'format'",
    );
    expect(readdirSync(folder)).not.toContain("x");
  });
});
