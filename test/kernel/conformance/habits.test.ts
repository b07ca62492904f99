import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: habits", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "habits");
  pythonTests(
    "suite.py",
    ["--group", "habits"],
    names.map(([, name]) => name),
  );
});
