import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: front ends", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "front_ends");
  pythonTests(
    "suite.py",
    ["--group", "front_ends"],
    names.map(([, name]) => name),
  );
});
