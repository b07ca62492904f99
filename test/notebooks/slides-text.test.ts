/** The list of the slides' pages, held against itself, and against the slides' own text where that lies. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { coverage } from "../../scripts/coverage/coverage";
import { notShown, slidePages, statementsOf } from "../../scripts/coverage/slide-pages";
import { slidesFile, textPages, type TextPage } from "../../scripts/coverage/slides-text";
import { statements } from "../../scripts/coverage/statements";

const project = join(__dirname, "../..");
const text = slidesFile(project);
const known = statements.map(({ id }) => id);
const split = (points = "") => points.split(/[ +]+/).filter(Boolean);

/** What the text must have if the list is right. */
const expected: TextPage[] = slidePages.map(({ heading, equations = [], cells = {}, figure, points, boxes = {} }) => ({
  heading,
  equations: [...equations],
  cells: Object.values(cells).flat(),
  ...(figure ? { figure: figure[0] } : {}),
  points: points.split(" ").filter(Boolean).length,
  boxes: Object.keys(boxes).length,
}));

describe("the list of the slides' pages", () => {
  it("numbers the pages, all twenty equations and three figures", () => {
    expect(slidePages.map(({ page }) => page)).toEqual(Array.from({ length: 44 }, (_, i) => i + 1));
    const equations = slidePages.flatMap(({ equations: all = [] }) => all);
    expect([...new Set(equations)].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(slidePages.flatMap(({ figure }) => figure?.[0] ?? [])).toEqual([1, 2, 3]);
  });

  it("names statements that there are, each at least once, and the equations where they stand", () => {
    const named = slidePages.flatMap(({ points, besides, boxes = {}, cells = {} }) =>
      [points, besides, ...Object.values(boxes), ...Object.keys(cells)].flatMap(split),
    );
    expect(named.filter((name) => !(name in notShown) && !known.includes(name))).toEqual([]);
    const stated = slidePages.flatMap(statementsOf);
    // What the slides only hint at: the code's slip, and what the course's text book has.
    expect(known.filter((id) => !stated.includes(id))).toEqual(["adamax", "max-norm"]);
    for (const page of slidePages)
      for (const number of page.equations ?? [])
        expect(
          slidePages.some((other) => statementsOf(other).includes(`eq-${number}`)),
          `eq. (${number})`,
        ).toBe(true);
  });

  it("repeats in a box only what the page states", () => {
    for (const page of slidePages)
      for (const [box, ids] of Object.entries(page.boxes ?? {}))
        for (const id of split(ids)) expect(statementsOf(page), `page ${page.page}, ${box}`).toContain(id);
  });

  it("has every cell that the slides refer to among the cells that show its statement", () => {
    const rows = coverage(project);
    for (const { page, cells = {} } of slidePages)
      for (const [id, counts] of Object.entries(cells)) {
        const shown = rows.find((row) => row.id === id)!.cells.filter(({ notebook }) => /p3_c2_s[12]_/.test(notebook));
        for (const count of counts)
          expect(
            shown.map((cell) => cell.count),
            `page ${page}: ${id} in cell ${count}`,
          ).toContain(count);
      }
  });
});

describe.runIf(text)("the slides' text", () => {
  const pages = text
    ? textPages(
        readFileSync(text, "utf8"),
        slidePages.map(({ heading }) => heading),
      )
    : [];

  it.each(expected.map((page, i) => [i + 1, page.heading, page] as const))(
    "has on page %i, %s, the equations, cells, figures, boxes and as many points as listed",
    (number, _, page) => expect(pages[number - 1]).toEqual(page),
  );

  it("is not quoted: no sentence of the list is the text's", () => {
    const sentences = readFileSync(text!, "utf8").replace(/\s+/g, " ");
    expect(statements.filter(({ content }) => content.length > 40 && sentences.includes(content))).toEqual([]);
  });
});

describe("textPages", () => {
  const sample = [
    "A",
    "- one",
    "• two",
    "$$x \\tag{3}$$",
    "(4)",
    "B",
    "- ① cells 30 and 31",
    "Good practice",
    "Figure 2: x",
  ];

  it("counts what stands on each page", () => {
    expect(textPages(sample.join("\n"), ["A", "B"])).toEqual([
      { heading: "A", equations: [3, 4], cells: [], points: 2, boxes: 0 },
      { heading: "B", equations: [], cells: [30, 31], figure: 2, points: 1, boxes: 1 },
    ]);
  });

  it("misses a page that is not there", () => {
    expect(() => textPages(sample.join("\n"), ["A", "C"])).toThrow("no page 'C' after page 1");
  });
});
