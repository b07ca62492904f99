import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: protocol", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "protocol");
  pythonTests(
    "suite.py",
    ["--group", "protocol"],
    names.map(([, name]) => name),
  );
});
