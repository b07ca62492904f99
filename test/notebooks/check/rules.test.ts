import { describe, expect, it } from "vitest";
import { RuleBook } from "../../../src/notebooks/check/rule-book";
import { rulesOf } from "../../../src/notebooks/check/rules";
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
    expect(rules(source)).toMatchObject({
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
    const book = new RuleBook(rules("// @check abs=2", { check: ["abs=1", "x: min=3"] }));
    expect(book.for()).toMatchObject({ abs: 2 });
    expect(book.for(["X"])).toMatchObject({ min: 3 });
    expect(book.for(["y"])).toMatchObject({ abs: 2 });
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
    ["// @check min=1 min=2", "min is given twice"],
    ["// @check acc: min=1\n// @check Acc: min=2", "min is given twice, in lines"],
    ["// @check text: /a", "a text rule reads text: /pattern/ -> replacement"],
    ["// @check text: /(/ -> x", "Invalid regular expression"],
    ["// @chek acc: min=1", "'@chek' looks like a rule"],
    ["// @checks acc: min=1", "'@checks' looks like a rule"],
    ["// @Check acc: min=1", "'@Check' looks like a rule"],
    ["# @cehck acc: min=1", "'@cehck' looks like a rule"],
    ["// see @check acc: min=1", "after other words"],
  ])("refuses %s and says why", (source, message) => {
    expect(() => rules(`1\n${source}`)).toThrow(message);
    const line = 1 + source.split("\n").length;
    expect(() => rules(`1\n${source}`)).toThrow(expect.objectContaining({ line }));
  });

  it("block-comment: refuses a rule within a block comment, at its line", () => {
    const source = "/*\n * @check acc: min=0.95\n */\n1";
    expect(() => rules(source)).toThrow("within a block comment");
    expect(() => rules(source)).toThrow(expect.objectContaining({ line: 2 }));
  });

  it.each(["@check\ndef f(): pass", "// mail me@check.org", "// https://x.y/@checkers/a", "// @chess is no rule"])(
    "leaves alone what is no rule: %s",
    (source) => expect(rules(source).numbers).toEqual([]),
  );

  it("reads replacements of text, with groups, and puts rules of one name together", () => {
    const found = rules(
      '// @check text: /run-([0-9]+)[/]x/i -> "run $1"\n// @check acc: min=0.1\n// @check Acc: max=1',
    );
    expect(new RuleBook(found).replaced("RUN-12/x")).toBe("run 12");
    expect(new RuleBook(found).for(["acc"])).toMatchObject({ min: 0.1, max: 1 });
  });

  it("refuses metadata of another form", () => {
    expect(() => rules("1", { check: 3 })).toThrow("metadata.dnn_lab.check must be a text or a list");
  });
});
