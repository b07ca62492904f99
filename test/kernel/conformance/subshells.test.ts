import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: subshells", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "subshells");
  pythonTests(
    "suite.py",
    ["--group", "subshells"],
    names.map(([, name]) => name),
  );
});
