import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: questions", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "questions");
  pythonTests(
    "suite.py",
    ["--group", "questions"],
    names.map(([, name]) => name),
  );
});
