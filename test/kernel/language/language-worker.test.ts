import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WORKER_LIMITS, type LanguageReply } from "../../../src/kernel/language/language-api";

/** Starts the worker from its TypeScript source. */
const BOOTSTRAP = `
const { readFileSync } = require("node:fs");
require.extensions[".ts"] = (module, path) => {
  const ts = require("typescript");
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  module._compile(ts.transpileModule(readFileSync(path, "utf8"), { compilerOptions }).outputText, path);
};
require(${JSON.stringify(join(__dirname, "../../../src/kernel/language/language-worker.ts"))});
`;

let worker: Worker;
let count = 0;

beforeAll(() => {
  worker = new Worker(BOOTSTRAP, { eval: true, workerData: { cwd: process.cwd() }, resourceLimits: WORKER_LIMITS });
});
afterAll(async () => {
  await worker.terminate();
});

function call(method: string, ...args: unknown[]): Promise<LanguageReply> {
  const id = ++count;
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.on("message", function listen(reply: LanguageReply) {
      if (reply.id !== id) return;
      worker.off("message", listen);
      resolve(reply);
    });
    worker.postMessage({ id, method, args });
  });
}

describe("the language worker", () => {
  it("answers each request by its number, in order", async () => {
    const cell = { id: "In[1]", code: "enum E { A }; const n: number = 'x'", check: "error" };
    const [compiled, committed, completed] = await Promise.all([
      call("compile", cell),
      call("commit", "In[1]"),
      call("complete", "E.", 2),
    ]);
    expect(compiled).toMatchObject({ id: 1, result: { diagnostics: [{ code: 2322 }], declared: ["E", "n"] } });
    expect(committed).toEqual({ id: 2, result: undefined });
    expect(completed).toMatchObject({ id: 3, result: { matches: ["A"], cursorStart: 2, cursorEnd: 2 } });
  });

  it("answers with an error rather than dying", async () => {
    expect(await call("compile", null)).toMatchObject({ error: expect.stringContaining("TypeError") });
    expect(await call("nonsense")).toMatchObject({ error: expect.any(String) });
    expect(await call("isComplete", "1 +")).toMatchObject({ result: { status: "incomplete" } });
  });
});
