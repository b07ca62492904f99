import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: shown", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "shown");
  pythonTests(
    "suite.py",
    ["--group", "shown"],
    names.map(([, name]) => name),
  );
});
