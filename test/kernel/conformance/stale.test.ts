import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: stale", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "stale");
  pythonTests(
    "suite.py",
    ["--group", "stale"],
    names.map(([, name]) => name),
  );
});
