import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { killRuns } from "../../scripts/bench/notebook-orphans";
import { descendants } from "../../scripts/bench/support/process-tree";
import { RunnerProcess } from "../../src/notebooks/run/runner-process";
import { code, notebook, save } from "./notebooks";

// 100 runs: npm run bench -- notebook-orphans
it("leaves no process behind when runs are killed", { timeout: 400_000 }, async () => {
  expect(await killRuns(3, 2)).toEqual({ runs: 3, orphans: [] });
});

const pause = (ms: number) => new Promise((settle) => setTimeout(settle, ms));

it.each([0, 50, 400])(
  "ends kernels that are just starting, %i ms after their start",
  { timeout: 120_000 },
  async (ms) => {
    const folder = mkdtempSync(join(tmpdir(), "orphans "));
    const input = save(join(folder, "n.ipynb"), notebook([code("for (;;);")]));
    const runner = new RunnerProcess();
    try {
      const job = { input, output: join(folder, "out.ipynb"), kernel: "tslab", cwd: folder };
      const run = runner.run(job).catch((error: { kind: string }) => error.kind);
      runner.prepare(job);
      const kernels = () => descendants(runner.pid!).filter((pid) => pid !== runner.pid);
      while (kernels().length === 0) await pause(20);
      await pause(ms);
      const started = kernels();
      await runner.close();
      expect(await run).toBe("interrupted");
      expect(started.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
