import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: semantics", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "semantics");
  pythonTests(
    "suite.py",
    ["--group", "semantics"],
    names.map(([, name]) => name),
  );
});
