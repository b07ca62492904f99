/** Networks drawn: units and lines by what happens to them. */
import { describe, expect, it } from "vitest";
import { networkFigure } from "../../../../src/library/reports/figures/network-figure";

const trace = (figure: ReturnType<typeof networkFigure>, name: string) =>
  figure.data.find((each) => each.name === name) as { x: number[]; y: number[]; showlegend: boolean; text: string[] };
/** Three entries a line: two ends and a gap. */
const lines = (figure: ReturnType<typeof networkFigure>, name: string) => trace(figure, name).x.length / 3;

describe("networkFigure", () => {
  it("joins every unit with every one of the next layer", () => {
    const figure = networkFigure([3, 4, 2], { names: ["in", "hidden", "out"] });
    expect(lines(figure, "weights")).toBe(3 * 4 + 4 * 2);
    expect(trace(figure, "units").x).toEqual([0, 0, 0, 1, 1, 1, 1, 2, 2]);
    expect(trace(figure, "names").text).toEqual(["in", "hidden", "out"]);
    expect(figure.description).toBe("Figure: a network of 3, 4, 2 units");
  });

  it("takes units out together with their lines", () => {
    const figure = networkFigure([3, 4, 2], { dropped: [[], [0, 2]] });
    expect(lines(figure, "left out")).toBe(2 * 3 + 2 * 2);
    expect(lines(figure, "weights")).toBe(2 * 3 + 2 * 2);
    expect(trace(figure, "units left out").x).toEqual([1, 1]);
    expect(trace(figure, "units").x).toHaveLength(7);
    expect(figure.description).toContain("2 units left out");
  });

  it("tells frozen weights and those at work, by the layer that they lead into", () => {
    const figure = networkFigure([3, 4, 2], { frozen: [1], active: [2] });
    expect([lines(figure, "frozen weights"), lines(figure, "at work"), lines(figure, "weights")]).toEqual([12, 8, 0]);
    expect(trace(figure, "weights").showlegend).toBe(false);
    expect(figure.description).toContain("weights into layer 1 frozen");
  });

  it("colours units by their values, on a scale that can be given", () => {
    const values = [[0, -2], [1]];
    const marker = (options: object) =>
      (networkFigure([2, 1], { values, ...options }).data[4] as { marker: { color: number[]; cmax: number } }).marker;
    expect(marker({})).toMatchObject({ color: [0, 2, 1], cmax: 2 });
    expect(marker({ largest: 5 }).cmax).toBe(5);
  });

  it("has the same traces whatever happens, so that pictures make an animation", () => {
    const types = (options: object) => networkFigure([2, 2], options).data.map(({ type, name }) => [type, name]);
    expect(types({ dropped: [[0], [1]] })).toEqual(types({}));
    expect(types({ frozen: [1], values: [[1, 2]] })).toEqual(types({}));
  });

  it("refuses layers and units that there are not", () => {
    expect(() => networkFigure([3])).toThrow("at least two layers");
    expect(() => networkFigure([3, 41])).toThrow("layer 1");
    expect(() => networkFigure([3, 2], { frozen: [2] })).toThrow("frozen and active");
    expect(() => networkFigure([3, 2], { dropped: [[3]] })).toThrow("dropped[0]");
    expect(() => networkFigure([3, 2], { values: [[1, 2]] })).toThrow("values[0] must have 3 finite numbers");
    expect(() => networkFigure([3, 2], { names: ["a", "b", "c"] })).toThrow("names has 3 entries");
  });
});
