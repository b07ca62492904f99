import { expect, it } from "vitest";
import { killRuns } from "../../scripts/bench/notebook-orphans";

// 100 runs: npm run bench -- notebook-orphans
it("leaves no process behind when runs are killed", { timeout: 400_000 }, async () => {
  expect(await killRuns(3, 2)).toEqual({ runs: 3, orphans: [] });
});
