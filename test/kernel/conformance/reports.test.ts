import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: reports", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "reports");
  pythonTests(
    "suite.py",
    ["--group", "reports"],
    names.map(([, name]) => name),
  );
});
