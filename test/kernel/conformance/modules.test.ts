import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: modules", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "modules");
  pythonTests(
    "suite.py",
    ["--group", "modules"],
    names.map(([, name]) => name),
  );
});
