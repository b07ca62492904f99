/** Flow charts: boxes, links, arrows, and what is refused. */
import { describe, expect, it } from "vitest";
import { mimeBundle } from "../../../../src/library/reports/display";
import { flowChart, type FlowChartOptions } from "../../../../src/library/reports/figures/flow-chart";

const chart: FlowChartOptions = {
  boxes: {
    ask: { text: "a < b &\nc?", column: 0, row: 0, isQuestion: true },
    end: { text: "End", column: 1, row: 1, link: "#The-end" },
  },
  arrows: [["ask", "end", "yes"]],
  description: 'A "question" and its end',
};
const svg = async (options: FlowChartOptions) => String((await mimeBundle(flowChart(options)))["text/html"]);

describe("flowChart", () => {
  it("draws every box and arrow, lines of text apart, and escapes what it is given", async () => {
    const markup = await svg(chart);
    expect(markup.match(/<rect /g)).toHaveLength(2);
    expect(markup.match(/<polyline /g)).toHaveLength(1);
    expect(markup).toContain(">a &lt; b &amp;</tspan>");
    expect(markup).toContain(">c?</tspan>");
    expect(markup).toContain(">yes</text>");
    expect(markup).toMatch(/aria-label="A (&quot;|&#34;)question/);
  });

  it("makes links of the boxes that lead somewhere, and of no others", async () => {
    expect((await svg(chart)).match(/<a href="[^"]*"/g)).toEqual(['<a href="#The-end"']);
  });

  it("leads arrows from border to border, around one corner", async () => {
    const points = /points="([^"]*)"/
      .exec(await svg(chart))![1]
      .split(" ")
      .map(Number);
    expect(points).toHaveLength(6);
    const [x1, y1, x2, y2, x3, y3] = points;
    expect([y2, x2]).toEqual([y1, x3]);
    expect([x1 < x2, y3 > y2]).toEqual([true, true]);
  });

  it("has the description where there is no picture", async () =>
    expect((await mimeBundle(flowChart(chart)))["text/plain"]).toBe(chart.description));

  it("refuses arrows to nowhere, two boxes in one place, and links that run something", () => {
    const { boxes, description } = chart;
    expect(() => flowChart({ ...chart, arrows: [["ask", "gone"]] })).toThrow('names the box "gone"');
    const twice = { ...boxes, other: { text: "x", column: 1, row: 1 } };
    expect(() => flowChart({ boxes: twice, arrows: [], description })).toThrow("are both in column 1, row 1");
    const bad = { end: { ...boxes.end, link: "javascript:alert(1)" } };
    expect(() => flowChart({ boxes: bad, arrows: [], description })).toThrow("must be an address");
  });
});
