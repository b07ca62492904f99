import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: completion", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "completion");
  pythonTests(
    "suite.py",
    ["--group", "completion"],
    names.map(([, name]) => name),
  );
});
