import { describe, expect, it } from "vitest";
import { ruleFor, rulesOf } from "../../../src/notebooks/check/rules";
import { codeCell } from "../notebooks";

const rules = (source: string, settings = {}) => rulesOf(codeCell(source, { settings }));

describe("rulesOf", () => {
  it("reads numbers, names, reasons and settings of the whole cell", () => {
    const source = [
      "// @check rel=5%",
      "// @check val_accuracy: min=0.8 noWorse=0.01",
      '// @check "Test loss": max=0.5, noWorse=0.02 better=lower',
      "const a = 1; // @check pixels=0.05 order=any late=allowed input=data.csv",
      "# @check loss: trend=down",
    ].join("\n");
    expect(rules(source)).toEqual({
      numbers: [
        { name: undefined, rel: 0.05 },
        { name: "val_accuracy", min: 0.8, noWorse: 0.01 },
        { name: "Test loss", max: 0.5, noWorse: 0.02, better: "lower" },
        { name: "loss", trend: "down" },
      ],
      ...{ pixels: 0.05, anyOrder: true, late: true, inputs: ["data.csv"] },
    });
    expect(rules('// @check ignore="shows the \\"host\\""')).toMatchObject({ ignore: 'shows the "host"' });
  });

  it("reads metadata as well; a comment counts more", () => {
    const { numbers } = rules("// @check abs=2", { check: ["abs=1", "x: min=3"] });
    expect(ruleFor(numbers, undefined)).toMatchObject({ abs: 2 });
    expect(ruleFor(numbers, "X")).toMatchObject({ min: 3 });
    expect(ruleFor(numbers, "y")).toMatchObject({ abs: 2 });
  });

  it.each([
    ["// @check", "it names no rule"],
    ["// @check tolerence=0.1", "there is no rule 'tolerence'"],
    ["// @check ab=1", "Did you mean 'abs'?"],
    ["// @check abs", 'abs needs a number, received "nothing"'],
    ["// @check abs=-1", "abs must be at least 0"],
    ["// @check abs=small", 'received "small"'],
    ["// @check trend=sideways", "trend must be one of 'up', 'down'"],
    ["// @check min=2 max=1", "min=2 is greater than max=1"],
    ["// @check better=lower", "better says which way noWorse counts"],
    ["// @check ignore", "ignore needs a reason"],
    ["// @check skip=", "skip needs a reason"],
    ['// @check loss: ignore="x"', "is for the whole cell: leave 'loss:' away"],
    ["// @check order=random", "write order=any"],
  ])("refuses %s and says why", (source, message) => {
    expect(() => rules(`1\n${source}`)).toThrow(message);
    expect(() => rules(`1\n${source}`)).toThrow(expect.objectContaining({ line: 2 }));
  });

  it("refuses metadata of another form", () => {
    expect(() => rules("1", { check: 3 })).toThrow("metadata.dnn_lab.check must be a text or a list");
  });
});
