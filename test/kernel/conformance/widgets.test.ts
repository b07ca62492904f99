import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: widgets", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "widgets");
  pythonTests(
    "suite.py",
    ["--group", "widgets"],
    names.map(([, name]) => name),
  );
});
