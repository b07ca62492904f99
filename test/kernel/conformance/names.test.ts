import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: names", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "names");
  pythonTests(
    "suite.py",
    ["--group", "names"],
    names.map(([, name]) => name),
  );
});
