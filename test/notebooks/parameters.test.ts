import { describe, expect, it } from "vitest";
import { joined } from "../../src/notebooks/notebook/notebook-file";
import { parseParameter, profileOf, pythonLiteral, withParameters } from "../../src/notebooks/notebook/parameters";
import { code, notebook } from "./notebooks";

describe("parseParameter", () => {
  it("takes TypeScript literals", () => {
    for (const value of [
      "2",
      "-0.5",
      "1e-3",
      "true",
      "null",
      '"abc"',
      "'a b'",
      "[1, [2]]",
      "{ a: 1, 'b': [true] }",
      "10n",
      "`x`",
    ]) {
      expect(parseParameter(`name=${value}`)).toEqual({ name: "name", value });
    }
  });
  it.each([
    ["epochs", "--param must read name=value"],
    ["2x=1", "--param must read name=value"],
    ["mode=fast", `a text needs quotes: --param 'mode="fast"'`],
    ["n=f()", "'f()' is not a TypeScript literal"],
    ["n=1; process.exit()", "is not a TypeScript literal"],
    ["n=1) + (2", "is not a TypeScript literal"],
    ["n=[...a]", "is not a TypeScript literal"],
    ["n={ [a]: 1 }", "is not a TypeScript literal"],
    ["n=`${a}`", "is not a TypeScript literal"],
  ])("refuses %s", (text, message) => expect(() => parseParameter(text)).toThrow(message));
});

describe("withParameters", () => {
  const given = (source: string, parameters: Record<string, string>, kernel = "tslab") => {
    const changed = withParameters(
      notebook([code("1"), code(source, ["parameters"]), code("2")], {}, kernel),
      parameters,
    );
    return joined(changed.cells[1].source);
  };
  it("assigns at the end of the cell, and makes let of const, so that types are checked against", () => {
    expect(
      given("%check error\nconst epochs = 10, mode: 'a' | 'b' = 'a';\nlet seed = 1;\nconst other = 2;", {
        epochs: "2",
        seed: "3",
      }),
    ).toBe(
      "%check error\nlet   epochs = 10, mode: 'a' | 'b' = 'a';\nlet seed = 1;\nconst other = 2;\nvoid (epochs = 2);\nvoid (seed = 3);",
    );
  });
  it("speaks Python to Python", () => {
    expect(given("epochs = 10\nnames: list = []", { epochs: "2", names: '["a", true, null]' }, "python3")).toBe(
      'epochs = 10\nnames: list = []\nepochs = 2\nnames = ["a", True, None]',
    );
    expect(pythonLiteral("{ a: -1.5, 'b': undefined }")).toBe('{"a": -1.5, "b": None}');
  });
  it("leaves a notebook without parameters as it is", () => {
    const plain = notebook([code("1")]);
    expect(withParameters(plain, {})).toBe(plain);
  });
  it("says what is declared when a name is not, and when there is no such cell", () => {
    expect(() => given("const epochs = 1;", { epoch: "2" })).toThrow(
      "declares no 'epoch', but 'epochs'. Did you mean 'epochs'?",
    );
    expect(() => withParameters(notebook([code("1")]), { a: "1" })).toThrow("has no cell tagged 'parameters'");
  });
});

describe("profileOf", () => {
  const profiles = { quick: { parameters: { epochs: 1, names: ["a"] }, env: { DNN_LAB_EPOCHS: 1 } } };
  const with_ = notebook([], { dnn_lab: { profiles } });
  it("gives parameters as literals, and environment variables", () => {
    expect(profileOf(with_, "quick")).toEqual({
      parameters: { epochs: "1", names: '["a"]' },
      env: { DNN_LAB_EPOCHS: "1" },
    });
    expect(profileOf(with_, "full")).toEqual({ parameters: {}, env: {} });
    expect(() => profileOf(with_, "fast")).toThrow("has no profile 'fast', but 'full', 'quick'");
  });
});

describe("notebooks that papermill knows", () => {
  it("params-injected: values given now take the place of those of an earlier run", () => {
    const cells = [
      code("const epochs = 1;", ["parameters"]),
      code("const epochs = 7;", ["injected-parameters"]),
      code("epochs"),
    ];
    const { cells: changed } = withParameters(notebook(cells), { epochs: "3" });
    expect(changed.map(({ source }) => source)).toEqual([
      "let   epochs = 1;\nvoid (epochs = 3);",
      "// The parameters are given from outside.",
      "epochs",
    ]);
  });

  it("params-py-nolanguage: are Python's where the kernel's name says so alone", () => {
    const made = notebook([code("epochs = 1", ["parameters"])]);
    const bare = { ...made, metadata: { kernelspec: { name: "python3", display_name: "Python 3" } } };
    expect(withParameters(bare, { epochs: "3" }).cells[0].source).toBe("epochs = 1\nepochs = 3");
  });
});
