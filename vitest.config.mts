import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // The packages' sources, not their builds: a test sees what was just written.
    alias: [
      { find: /^dnn-lab-core\/(.+)$/, replacement: source("core/$1.ts") },
      { find: /^dnn-lab-(kernel|notebooks|grader)\/internal\/(.+)$/, replacement: source("$1/$2.ts") },
      { find: /^dnn-lab\/internal\/(.+)$/, replacement: source("library/$1.ts") },
      { find: /^dnn-lab$/, replacement: source("library/index.ts") },
      { find: /^dnn-lab\/reports$/, replacement: source("library/reports/index.ts") },
      { find: /^dnn-lab\/reproduce$/, replacement: source("library/reports/reproduce.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    // TensorFlow is native code with process-wide state: a process per file, and never more than two.
    pool: "forks",
    maxWorkers: 2,
    // Some train for seconds, and a busy machine is several times as slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
