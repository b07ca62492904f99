/** Changes that a check must see, and changes that it must not, by the names of the cases. */
import { describe, expect, it } from "vitest";
import { compareOutputs } from "../../../src/notebooks/check/outputs";
import { rulesOf } from "../../../src/notebooks/check/rules";
import type { Output } from "../../../src/notebooks/notebook/notebook-file";
import { codeCell, figure, shown, stdout } from "../notebooks";

type Make = (second: boolean) => Output[];

function found(make: Make, check = ""): string[] {
  const rules = rulesOf(codeCell(check && `// @check ${check.split("\n").join("\n// @check ")}`));
  return compareOutputs(make(false), make(true), rules).differences.map(({ where, message }) => `${where}: ${message}`);
}
const text =
  (before: string, after: string): Make =>
  (second) => [stdout(second ? after : before)];
const html =
  (before: string, after: string): Make =>
  (second) => [shown({ "text/html": second ? after : before })];
const svg =
  (before: string, after: string): Make =>
  (second) => [shown({ "image/svg+xml": second ? after : before })];
const json =
  (before: unknown, after: unknown): Make =>
  (second) => [shown({ "application/json": second ? after : before })];
const trace =
  (before: object, after: object, layout = {}): Make =>
  (second) => [figure([second ? after : before], layout)];
const layout =
  (before: object, after: object): Make =>
  (second) => [figure([{ y: [1, 2] }], second ? after : before)];

const packed = (values: number[]) => ({
  dtype: "f8",
  bdata: Buffer.from(new Float64Array(values).buffer).toString("base64"),
});

describe("what counts", () => {
  it.each<[string, Make]>([
    ["big-integers", text("id: 90071992547409931", "id: 90071992547409932")],
    ["hex-checksum", text("crc32 0x1a2b3c4d", "crc32 0xffffffff")],
    ["iban-uuid", text("session 550e8400-e29b-41d4-a716-446655440000", "session 550e8400-e29b-41d4-a716-446655440099")],
    ["out-of-10", text("points /10 mean 7.31/10", "points /10 mean 2.02/10")],
    ["slash-pair", text("accuracy train /valid 0.91/0.87", "accuracy train /valid 0.11/0.87")],
    ["path-folder", text("saved to /data/train/model.json", "saved to /data/test/model.json")],
    ["unit-metres", text("distance: 12.3 m", "distance: 99.9 m")],
    ["days", text("half-life: 5 days", "half-life: 8 days")],
    ["speed", text("escape velocity 7.9 km/s", "escape velocity 9.9 km/s")],
    ["a period in seconds", text("period: 2.01 s", "period: 4.02 s")],
    ["a size", text("model: 12 MB", "model: 99 MB")],
    ["a date", text("valid until 2026-11-29", "valid until 2027-01-29")],
    ["a time of day", text("sunrise 07:12:10", "sunrise 08:40:10")],
    ["a sign in words", text("x - 5", "x + 5")],
    ["a sign of a number", text("gain: -0.5", "gain: 0.5")],
    ["indentation", text("if a:\n    b\nc", "if a:\n    b\n    c")],
    ["leading zeros", text("agent 007", "agent 07")],
    ["numbers without end", text("h 1234e567", "h 1234e568")],
    ["very small numbers", text("p = 3.2e-12", "p = 8.1e-10")],
    ["a folder's name below the temporary one", text("in /tmp/train/a", "in /tmp/tests/a")],
    ["trend-only", text("acc: 0.1\nacc: 0.5\nacc: 0.9", "acc: 0.0001\nacc: 0.0002\nacc: 0.0003")],
    ["html-progress", html('<progress max="1" value="0.9"></progress>', '<progress max="1" value="0.1"></progress>')],
    ["html-img-png", html('<img src="data:image/png;base64,AAAA">', '<img src="data:image/png;base64,BBBB">')],
    ["a bar's width in a style", html('<div style="width: 90%">a</div>', '<div style="width: 10%">a</div>')],
    ["an inline script's data", html("<script>draw([1, 2, 3])</script>", "<script>draw([1, 2, 4])</script>")],
    ["an element", html("<b>1</b>", "<i>1</i>")],
    ["a link", html('<a href="https://a.org/1">x</a>', '<a href="https://a.org/2">x</a>')],
    [
      "a cell's style in a table",
      html(
        '<table><tr><td style="color: red">1</td></tr></table>',
        '<table><tr><td style="color: green">1</td></tr></table>',
      ),
    ],
    [
      "plotly-notebook-renderer",
      html(
        '<div id="a1"></div><script>Plotly.newPlot("a1", [{"y":[0.1, 0.2]}])</script>',
        '<div id="b2"></div><script>Plotly.newPlot("b2", [{"y":[0.1, 0.3]}])</script>',
      ),
    ],
    ["an SVG's path", svg('<svg><path d="M1,2L9,9"/></svg>', '<svg><path d="M1,2L9,8"/></svg>')],
    ["an SVG's words", svg("<svg><text>a</text></svg>", "<svg><text>b</text></svg>")],
    [
      "which id is referred to",
      svg('<svg><g id="a"/><g id="b"/><use href="#a"/></svg>', '<svg><g id="a"/><g id="b"/><use href="#b"/></svg>'),
    ],
    [
      "fig-frames",
      (second) => [
        shown({
          "application/vnd.plotly.v1+json": {
            data: [{ y: [1] }],
            layout: {},
            frames: [{ data: [{ y: [second ? 9 : 1] }] }],
          },
        }),
      ],
    ],
    [
      "fig-indicator-delta",
      trace(
        { type: "indicator", value: 5, delta: { reference: 4 } },
        { type: "indicator", value: 5, delta: { reference: 400 } },
      ),
    ],
    ["fig-parcoords", trace({ dimensions: [{ values: [1, 2] }] }, { dimensions: [{ values: [7, 9] }] })],
    ["fig-sankey", trace({ link: { value: [5] } }, { link: { value: [500] } })],
    ["colours that follow the data", trace({ marker: { color: [1, 2] } }, { marker: { color: [1, 9] } })],
    ["sizes that follow the data", trace({ marker: { size: [1, 2] } }, { marker: { size: [1, 9] } })],
    ["bins", trace({ xbins: { size: 1 } }, { xbins: { size: 2 } })],
    ["customdata", trace({ customdata: [["a"]] }, { customdata: [["b"]] })],
    ["packed arrays", trace({ y: packed([1, 2]) }, { y: packed([1, 3]) })],
    ["the state of a slider", layout({ sliders: [{ active: 1 }] }, { sliders: [{ active: 2 }] })],
    ["shapes of the layout", layout({ shapes: [{ y0: 0.5, y1: 0.5 }] }, { shapes: [{ y0: 0.9, y1: 0.9 }] })],
    ["small values on a logarithmic axis", trace({ y: [1e6, 1e-3] }, { y: [1e6, 9e-3] }, { yaxis: { type: "log" } })],
    ["JSON's texts", json({ a: "x" }, { a: "y" })],
    ["JSON's keys", json({ a: 1 }, { a: 1, b: 2 })],
    ["the type of a JSON value", json({ a: 1 }, { a: "1" })],
    [
      "words beside a picture",
      (second) => [shown({ "image/png": "AAAA", "text/plain": second ? "<Axes: title=loss>" : "<Axes: title=acc>" })],
    ],
  ])("%s", (name, make) => {
    expect(found(make, name === "trend-only" ? "acc: trend=up" : "")).not.toEqual([]);
    expect(found(() => make(false), name === "trend-only" ? "acc: trend=up" : "")).toEqual([]);
  });
});

describe("what does not", () => {
  const list = (more: number) => `[\n${[0, 0.1, 0.2].map((x) => `  ${x + more}`).join(",\n")}\n]`;
  it.each<[string, Make, string?]>([
    [
      "array-columns",
      text(
        "[\n  0, 0.1, 0.2,\n  0.3, 0.4\n]",
        "[\n  1e-12,\n  0.100000000001,\n  0.200000000001, 0.300000000001,\n  0.400000000001\n]",
      ),
    ],
    ["a printed list", text(list(0), list(1e-12))],
    ["np-dot", text("[1. 2.]", "[0.99999999 2.]")],
    ["date-iso", text("run of 2026-11-29", "run of 2026-12-03"), "text: /\\d{4}-\\d\\d-\\d\\d/ -> DATE"],
    ["date-words", text("run of November 29, 2026", "run of December 3, 2026"), "text: /run of .*/ -> run"],
    ["micro", text("1.25 μs, 1.25 µs", "3.5 μs, 3.5 µs")],
    [
      "py-time",
      text(
        "CPU times: user 2 μs, sys: 0 ns, total: 2 μs\nWall time: 4.05 μs",
        "CPU times: user 12 ms, sys: 3 ms, total: 15 ms\nWall time: 1min 3s",
      ),
    ],
    [
      "%timeit",
      text(
        "1.2 µs ± 4 ns per loop (mean ± std. dev. of 7 runs, 1,000,000 loops each)",
        "98 ns ± 1 ns per loop (mean ± std. dev. of 7 runs, 10,000,000 loops each)",
      ),
    ],
    ["throughput", text("1.25 GFLOP/s, 1234 items per second, 12 MB", "3.5 GFLOP/s, 999 items per second, 15 MB")],
    ["took", text("took 3.2 s, then trained 4 layers in 1 min 2 s", "took 14 s, then trained 4 layers in 58 s")],
    ["elapsed", text("elapsed: 1.234, runtime 2 s", "elapsed: 0.9, runtime 7 s")],
    ["Keras' steps", text("10/10 - 0s - 12ms/step - loss: 0.5", "10/10 - 1s - 98ms/step - loss: 0.5")],
    ["tqdm", text("100%|███| 10/10 [00:01<00:00,  9.53it/s]", "100%|███| 10/10 [00:00<00:00, 19.1it/s]")],
    ["a download (nbval's users)", text("1.02kB [00:00, 612kB/s]", "1.02kB [00:01, 98.1kB/s]")],
    [
      "matplotlib's words, with a rule (nbval#204)",
      text("Text(0.5, 91.2, 'Longitude')", "Text(0.5, 17.9, 'Longitude')"),
      "text: /Text\\([^)]*\\)/ -> Text",
    ],
    ["a progress bar that was overwritten", text("10 %\r50 %\r100 %\ndone", "100 %\ndone")],
    ["colours and links", text("\u001b[31mred\u001b[0m", "red")],
    ["addresses of objects", text("<Foo object at 0x7f3a9c>", "<Foo object at 0x7fffff>")],
    ["a warning's process", text("(node:123) Warning: x", "(node:99999) Warning: x")],
    ["a loopback port", text("listening on http://localhost:43121/a", "listening on http://localhost:40001/a")],
    ["temporary folders", text("/tmp/run-aB3dEf/a and /tmp/tmpab12cd34", "/tmp/run-Zx9QwE/a and /tmp/tmp_9ijk7lm")],
    ["columns that follow the widths of numbers", text("  loss   n\n  0.30   1", "     loss   n\n  0.300001   1")],
    ["fig-gap-near-zero", trace({ y: [1e6, null, 1e-7] }, { y: [1e6, null, 3e-7] })],
    [
      "how a figure looks",
      trace(
        { y: [1], line: { color: "red", width: 1 } },
        { y: [1], line: { color: "blue", width: 3 } },
        { font: { size: 3 } },
      ),
    ],
    [
      "where a slider stands, and how long it is",
      layout({ sliders: [{ active: 1, len: 0.84, x: 0.1 }] }, { sliders: [{ active: 1, len: 0.8, x: 0.2 }] }),
    ],
    ["json-elapsed", json({ acc: 0.9, elapsed_s: 1.25 }, { acc: 0.9, elapsed_s: 1.9 }), "elapsed_s: abs=100"],
    ["a path in JSON", json({ a: { b: [1] } }, { a: { b: [2] } }), "a.b: abs=9"],
    ["svg-last-digits", svg('<svg><path d="M1.00000001,2L9,9"/></svg>', '<svg><path d="M1.00000002,2L9,9"/></svg>')],
    [
      "ids of an SVG",
      svg(
        '<svg><clipPath id="p3f"/><g clip-path="url(#p3f)"/></svg>',
        '<svg><clipPath id="pa9"/><g clip-path="url(#pa9)"/></svg>',
      ),
    ],
    [
      "ids of HTML, in styles and scripts too",
      html(
        '<style>#T_a1 td {}</style><table id="T_a1"><tr><td>1</td></tr></table><script>f("T_a1")</script>',
        '<style>#T_9f td {}</style><table id="T_9f"><tr><td>1</td></tr></table><script>f("T_9f")</script>',
      ),
    ],
    [
      "when an SVG was made",
      svg(
        "<svg><metadata><dc:date>2026</dc:date></metadata></svg>",
        "<svg><metadata><dc:date>2027</dc:date></metadata></svg>",
      ),
    ],
    [
      "last digits in a table",
      html(
        "<table><tr><th>a</th></tr><tr><td>0.3</td></tr></table>",
        "<table><tr><th>a</th></tr><tr><td>0.30000000000000004</td></tr></table>",
      ),
    ],
  ])("%s", (_, make, check) => expect(found(make, check)).toEqual([]));

  it("is told where it is not the same", () => {
    const { noise } = compareOutputs([stdout("took 3 s, ok")], [stdout("took 4 s, ok")], rulesOf(codeCell("")));
    expect(noise).toEqual(["took 4 s (reference took 3 s)"]);
  });
});

describe("names", () => {
  const table = (loss: number) => [
    shown({
      "text/html": `<table><tr><th>epoch</th><th>Val_Loss</th></tr><tr><td>best-run</td><td>${loss}</td></tr></table>`,
    }),
  ];
  it.each<[string, Make, string]>([
    ["in text", text("Val-Loss: 0.5", "Val-Loss: 0.7"), "val_loss: abs=1"],
    ["of a column", (second) => table(second ? 0.5 : 0.7), "val loss: abs=1"],
    ["of a row", (second) => table(second ? 0.5 : 0.7), "Best Run: abs=1"],
    ["of a trace", trace({ name: "Val Loss", y: [0.5] }, { name: "Val Loss", y: [0.7] }), "val_loss: abs=1"],
    ["of a JSON key", json({ "Val Loss": 0.5 }, { "Val Loss": 0.7 }), "val_loss: abs=1"],
    ["in HTML", html("<p>Val Loss: <b>0.5</b></p>", "<p>Val Loss: <b>0.7</b></p>"), "val_loss: abs=1"],
  ])("are the same %s, whatever their case and what divides them", (_, make, check) => {
    expect(found(make)).toHaveLength(1);
    expect(found(make, check)).toEqual([]);
    expect(found(make, check.replace(/^\w+/, "other")).join()).toContain("no number, column or trace is called");
  });

  it("a rule that nothing uses is a finding", () => {
    const same: Make = () => [stdout("a: 1")];
    expect(found(same, "b: min=0")).toEqual(["@check: no number, column or trace is called 'b'; there are a"]);
    expect(found(() => [stdout("words")], "abs=1").join()).toContain("no number that its rule without a name");
    expect(found(same, "text: /zzz/ -> x").join()).toContain("nothing in the outputs fits");
  });
});

describe("size", () => {
  it("fig-150000: 150,000 points, and ten times as many", () => {
    const y = Array.from({ length: 1_500_000 }, (_, i) => i / 7);
    expect(found(trace({ y }, { y }))).toEqual([]);
    expect(found(trace({ y }, { y: y.map((value, i) => (i === 7 ? 99 : value)) }))).toHaveLength(1);
  });

  it("line-400k: one line of 400 kB, whatever it is made of", () => {
    for (const piece of [
      "x",
      "7",
      " ",
      "a ",
      "1,",
      "(",
      "<",
      "0.5 ",
      "took ",
      "/tmp/",
      "[",
      "#",
      "\u001b]",
      "= ",
      "at 0x",
      "-",
      ".",
      "1:",
    ]) {
      const line = piece.repeat(400_000 / piece.length);
      expect(found(text(line, `${line}b`))).toHaveLength(1);
    }
  });

  it("deep JSON is a difference with clear words, and nothing falls over", () => {
    const deep = (end: number): unknown => JSON.parse("[".repeat(50_000) + end + "]".repeat(50_000));
    expect(() => found(json(deep(1), deep(2)))).toThrow("nested more than");
  });
});
