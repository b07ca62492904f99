import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: workbench", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "workbench");
  pythonTests(
    "suite.py",
    ["--group", "workbench"],
    names.map(([, name]) => name),
  );
});
