/** Topic notebooks executed through the kernel at a reduced size: every claim that is not about trained networks must hold. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { executeNotebook } from "../../src/notebooks/execute";
import { countsProblem, readExecutionCounts } from "../../src/notebooks/execution-counts";
import { venvPython } from "../../src/notebooks/project";

const topics = join(__dirname, "../../notebooks/topics");
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "topics "))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Without real data the claims must hold on the stand-in.
const env = { DNN_LAB_QUICK: "1", DNN_LAB_SOURCE: process.env.DNN_LAB_DATA ? "auto" : "generated" };

describe.runIf(existsSync(venvPython()))("executed at a reduced size", () => {
  it.each(["gradient_clipping", "learning_rate_schedules"])(
    "%s runs to its end",
    { timeout: 300_000 },
    async (topic) => {
      const output = join(folder, `${topic}.ipynb`);
      const { executionCounts } = await executeNotebook({
        input: join(topics, `${topic}.ipynb`),
        output,
        env,
      });
      expect(countsProblem(readExecutionCounts(output), executionCounts.length)).toBeUndefined();
      const text = readFileSync(output, "utf8");
      expect(text.match(/"✓ /g)!.length).toBeGreaterThan(4);
      expect(text).toContain("– unchecked in this run");
    },
  );
});
