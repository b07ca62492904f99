import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: debugger", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "debugger");
  pythonTests(
    "suite.py",
    ["--group", "debugger"],
    names.map(([, name]) => name),
  );
});
