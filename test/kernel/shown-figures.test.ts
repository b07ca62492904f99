/** Front ends that draw a figure once are made to draw its updates. */
import { ShownFigures } from "dnn-lab-kernel/internal/runtime/display/shown-figures";
import { expect, it } from "vitest";

const figure = (y: number, layout: object = {}, more: object = {}) => ({
  "application/vnd.plotly.v1+json": { data: [{ y: [0, y] }], layout },
  ...more,
});

it("something of the same height stands between two figures of a display", () => {
  const figures = new ShownFigures();
  expect(figures.between("a", figure(1))).toBeUndefined();
  expect(figures.between("a", figure(2))).toEqual({
    "text/html": '<div style="height:360px"></div>',
    "text/plain": "",
  });
  expect(figures.between("a", figure(3, { height: 200 }))?.["text/html"]).toBe('<div style="height:200px"></div>');
  expect(figures.between("a", figure(4, { height: "tall" }))?.["text/html"]).toBe('<div style="height:360px"></div>');
});

it("nothing does where the figure is the same, with its picture now, or another display's", () => {
  const figures = new ShownFigures();
  figures.between("a", figure(1));
  expect(figures.between("a", figure(1, {}, { "image/png": "iVBOR" }))).toBeUndefined();
  expect(figures.between("b", figure(2))).toBeUndefined();
});

it("nothing does where other content was shown in between", () => {
  const figures = new ShownFigures();
  figures.between("a", figure(1));
  expect(figures.between("a", { "text/plain": "an error" })).toBeUndefined();
  expect(figures.between("a", figure(2))).toBeUndefined();
});

it("the oldest of very many displays is forgotten", () => {
  const figures = new ShownFigures();
  for (let i = 0; i <= 500; i++) figures.between(`${i}`, figure(1));
  expect(figures.between("0", figure(2))).toBeUndefined();
  expect(figures.between("500", figure(2))).toBeDefined();
});
