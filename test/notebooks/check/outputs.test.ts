import { describe, expect, it } from "vitest";
import { compareOutputs } from "../../../src/notebooks/check/outputs";
import { rulesOf } from "../../../src/notebooks/check/rules";
import type { Output } from "../../../src/notebooks/notebook/notebook-file";
import { codeCell, figure, shown, stdout } from "../notebooks";

function messages(reference: Output[], ours: Output[], check = ""): string[] {
  const rules = rulesOf(codeCell(check ? `// @check ${check.split("\n").join("\n// @check ")}` : ""));
  return compareOutputs(reference, ours, rules).differences.map(({ where, message }) => `${where}: ${message}`);
}

describe("text", () => {
  it("compares numbers by their names, and words exactly", () => {
    const reference = [stdout("loss: 0.30 accuracy: 0.90")];
    expect(messages(reference, [stdout("loss: 0.35 accuracy: 0.95")], "loss: abs=0.06\naccuracy: min=0.9")).toEqual([]);
    expect(messages(reference, [stdout("loss: 0.35 accuracy: 0.85")], "loss: abs=0.06\naccuracy: min=0.9")).toEqual([
      "output 1, stdout, accuracy: 0.85, must be at least 0.9",
    ]);
    expect(messages(reference, [stdout("Loss: 0.30 accuracy: 0.90")])[0]).toContain('line 1 is "Loss');
    expect(messages(reference, [stdout("loss: 0.30")])).toHaveLength(1);
  });

  it("refuses a rule for a name that no output knows", () => {
    const same = [stdout("loss: 0.3")];
    expect(messages(same, same, "los: min=9")).toEqual([
      "@check: no number, column or trace is called 'los'; there are loss",
    ]);
  });

  it("sees a trend through the lines of a text", () => {
    const losses = (...values: number[]) => [stdout(values.map((value) => `loss: ${value}`).join("\n"))];
    expect(messages(losses(3, 2, 1), losses(5, 4, 2), "loss: trend=down abs=9")).toEqual([]);
    expect(messages(losses(3, 2, 1), losses(5, 4, 2), "loss: trend=down")).toHaveLength(3);
    expect(messages(losses(3, 2, 1), losses(1, 2, 3), "loss: trend=down").at(-1)).toContain("should go down");
  });
});

describe("order and kind of outputs", () => {
  const text = stdout("a");
  const html = shown({ "text/html": "<b>x</b>" });
  it("are part of the comparison", () => {
    expect(messages([text, html], [text])).toEqual(["outputs: stdout; reference stdout, html"]);
    expect(messages([text, html], [html, text])).toHaveLength(1);
    expect(messages([text, html], [html, text], "order=any")).toEqual([]);
    expect(messages([{ ...html, output_type: "execute_result" }], [html])).toEqual([
      "outputs: html; reference result: html",
    ]);
  });
  it("leave out what says that it is progress, and nothing else", () => {
    const progress = {
      ...shown({ "text/plain": "drawing: done in 1.8 s" }),
      metadata: { dnn_lab: { progress: true } },
    };
    expect(messages([stdout("a\nb\n"), html], [stdout("a\n"), progress, stdout("b\n"), html])).toEqual([]);
    const result = { ...progress, output_type: "execute_result" as const };
    expect(messages([text], [text, result])).toEqual(["outputs: stdout, result: text; reference stdout"]);
    const other = { ...progress, metadata: { dnn_lab: { progress: "yes" } } };
    expect(messages([text], [text, other])).toEqual(["outputs: stdout, text; reference stdout"]);
  });
  it("take streams that follow each other as one", () => {
    expect(messages([stdout("a\nb\n")], [stdout("a\n"), stdout("b\n"), stdout("")])).toEqual([]);
  });
  it("compare the error of a cell that may raise", () => {
    const error = (evalue: string): Output => ({ output_type: "error", ename: "RangeError", evalue, traceback: [] });
    expect(messages([error("a")], [error("a")])).toEqual([]);
    expect(messages([error("a")], [error("b")])).toHaveLength(1);
  });
});

describe("tables", () => {
  const table = (a: number, b: string) =>
    shown({
      "text/html": `<p>Run</p><table><tr><th>epoch</th><th>loss</th><th>who</th></tr><tr><td>1</td><td>${a}</td><td>${b}</td></tr></table>`,
      "text/plain": "?",
    });
  it("are compared cell by cell, with rules for columns and rows", () => {
    expect(messages([table(0.5, "x")], [table(0.6, "x")])).toEqual([
      "output 1, table, table, row 1 (1), loss: 0.6, reference 0.5: 0.1 more, allowed 0.01",
    ]);
    expect(messages([table(0.51, "x")], [table(0.61, "x")], "loss: abs=0.2")).toEqual([]);
    expect(messages([table(0.5, "x")], [table(0.5, "y")])[0]).toContain('row 1 (1), who: line 1 is "y"');
  });
  it("must have as many cells, and as many tables", () => {
    const wide = shown({ "text/html": "<table><tr><th>epoch</th></tr></table>" });
    expect(messages([table(1, "x")], [wide]).join()).toContain("1 × 1 cells, reference 2 × 3");
  });
  it("may have a trend in a column", () => {
    const rows = (...losses: number[]) =>
      shown({
        "text/html": `<table><tr><th>loss</th></tr>${losses.map((loss) => `<tr><td>${loss}</td></tr>`).join("")}</table>`,
      });
    expect(messages([rows(3, 2, 1)], [rows(9, 5, 4)], "loss: trend=down abs=10")).toEqual([]);
    expect(messages([rows(3, 2, 1)], [rows(4, 5, 9)], "loss: trend=down abs=10").join()).toContain("should go down");
  });
});

describe("figures", () => {
  const curve = (y: unknown, name = "ours", layout = {}) =>
    figure([{ x: [1, 2, 3], y, name, line: { color: "red" } }], layout);
  it("are compared by traces, axes and points", () => {
    expect(messages([curve([1, 2, 3.5])], [curve([1, 2, 3.5])])).toEqual([]);
    expect(messages([curve([1, 2, 3.5])], [curve([1, 2.4, 3.6])])).toEqual([
      'output 1, figure, trace "ours", y: 2.4, reference 2: 0.4 more, allowed 0.0002 at x = 2 (2 of 3 values)',
    ]);
    expect(messages([curve([1, 2, 3.5])], [curve([1, 2.4, 3.6])], "ours: abs=0.5")).toEqual([]);
    expect(messages([curve([1, 2, 3])], [curve([1, 2, 3], "theirs")])[0]).toContain(
      'called "theirs", reference "ours"',
    );
    expect(messages([curve([1, 2, 3])], [figure([])]).join()).toContain("0 traces (none), reference 1 (ours)");
    expect(messages([curve([1, 2, 3])], [curve([1, 2])])[0]).toContain("y: 2 values, reference 3");
  });
  it("leave out colours, and see titles and axes", () => {
    const other = figure([{ x: [1, 2, 3], y: [1, 2, 3], name: "ours", line: { color: "blue" } }]);
    expect(messages([curve([1, 2, 3])], [other])).toEqual([]);
    const titled = (title: string, type = "linear") =>
      curve([1, 2, 3], "ours", { title: { text: title }, yaxis: { type } });
    expect(messages([titled("A")], [titled("B")])).toEqual(['output 1, figure, title: "B", reference "A"']);
    expect(messages([titled("A")], [titled("A", "log")])).toEqual([
      'output 1, figure, yaxis.type: "log", reference "linear"',
    ]);
  });
  it("may be written as plotly.py writes arrays", () => {
    const packed = { dtype: "f8", bdata: Buffer.from(new Float64Array([1, 2, 3.5]).buffer).toString("base64") };
    expect(messages([curve(packed)], [curve([1, 2, 3.5])])).toEqual([]);
    expect(messages([curve(packed)], [curve([1, 2, 9.5])])).toHaveLength(1);
  });
  it("may have a trend, and not NaN in place of numbers", () => {
    expect(messages([curve([3, 2, 1])], [curve([9, 5, 2])], "ours: trend=down abs=9")).toEqual([]);
    expect(messages([curve([3, 2, 1])], [curve([1, 2, 3])], "ours: trend=down abs=9")[0]).toContain("should go down");
    expect(messages([curve([3, 2, 1])], [curve([null, 2, 1])])).toHaveLength(1);
  });
});

describe("data", () => {
  it("is compared value by value", () => {
    const json = (loss: number) => shown({ "application/json": { loss, names: ["a"] } });
    expect(messages([json(0.5)], [json(0.5)])).toEqual([]);
    expect(messages([json(0.5)], [json(0.6)])[0]).toContain("data.loss: 0.6, reference 0.5");
    expect(messages([json(0.5)], [json(0.6)], "abs=0.2")).toEqual([]);
  });
});
