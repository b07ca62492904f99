import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("conformance: interrupts", () => {
  const names = list<[string, string][]>("suite.py").filter(([group]) => group === "interrupts");
  pythonTests(
    "suite.py",
    ["--group", "interrupts"],
    names.map(([, name]) => name),
  );
});
