import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: output", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "output");
  pythonTests(
    "suite.py",
    ["--group", "output"],
    names.map(([, name]) => name),
  );
});
