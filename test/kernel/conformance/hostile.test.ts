import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: hostile", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "hostile");
  pythonTests(
    "suite.py",
    ["--group", "hostile"],
    names.map(([, name]) => name),
  );
});
