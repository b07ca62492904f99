import { describe } from "vitest";
import { list, pythonTests } from "./python-suite";

describe("jupyter_kernel_test, the official suite", () => {
  pythonTests("official.py", [], list<string[]>("official.py"));
});
