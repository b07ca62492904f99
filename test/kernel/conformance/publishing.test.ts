import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: publishing", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "publishing");
  pythonTests(
    "suite.py",
    ["--group", "publishing"],
    names.map(([, name]) => name),
  );
});
