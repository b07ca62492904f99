import { describe, expect, test } from "vitest";
import { codeFrame, typeError } from "../../../src/kernel/protocol/code-frame";
import { describeError } from "../../../src/kernel/runtime/describe-error";
import { SourceTexts } from "../../../src/kernel/runtime/source-texts";
import { stripVTControlCharacters } from "node:util";

const plain = (text: string): string => stripVTControlCharacters(text);

describe("code frames", () => {
  test("the place is marked below its line, two lines around it", () => {
    const frame = plain(codeFrame("a\nb\nlet x = y\nc\nd\ne", { line: 2, column: 8, endColumn: 9 }));
    expect(frame.split("\n")).toEqual([
      "  1 | a",
      "  2 | b",
      "> 3 | let x = y",
      "    |         ^",
      "  4 | c",
      "  5 | d",
    ]);
  });

  test("tabs keep the marker in place", () => {
    expect(plain(codeFrame("\t\tbad", { line: 0, column: 2 })).split("\n")[1]).toBe("    | \t\t^");
  });

  test("several type errors are counted in one line", () => {
    const diagnostic = {
      code: 2322,
      category: "error" as const,
      message: "wrong",
      line: 0,
      column: 0,
      endLine: 0,
      endColumn: 1,
    };
    const error = typeError("In[1]", "x", [diagnostic, diagnostic, diagnostic], false);
    expect(error.evalue).toBe("TS2322: wrong (and 2 more)");
    expect(error.traceback).toHaveLength(3);
  });
});

describe("describeError", () => {
  test("frames of a cell are shown, with names", () => {
    const sources = new SourceTexts();
    sources.add({ name: "In[7]", source: "one\ntwo bad" });
    const error = new RangeError("far");
    error.stack = "RangeError: far\n    at f (In[7]:2:5)\n    at In[7]:1:1\n    at node:internal/x:1:1";
    const described = describeError(error, sources);
    const text = plain(described.traceback.join("\n"));
    expect(text).toContain("> 2 | two bad");
    expect(text).toContain("at f (In[7]:2:5)");
    expect(text).not.toContain("node:internal");
  });

  test("a class without a name of its own is called by its class", () => {
    class ShapeError extends Error {}
    expect(describeError(new ShapeError("x"), new SourceTexts()).ename).toBe("ShapeError");
  });

  test("what an error carries is shown", () => {
    const error = Object.assign(new Error("x"), { code: "ENOENT", path: "/p" });
    expect(describeError(error, new SourceTexts()).traceback.join("\n")).toContain("ENOENT");
  });

  test("a thrown proxy that throws is survived", () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error("trap");
        },
        getPrototypeOf: () => {
          throw new Error("trap");
        },
      },
    );
    expect(describeError(hostile, new SourceTexts()).evalue).toBeTypeOf("string");
  });
});
