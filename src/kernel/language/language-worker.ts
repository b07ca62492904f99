/**
 * The language in a worker thread: `new Worker(".../language-worker.js", { workerData: { cwd }, resourceLimits: WORKER_LIMITS })`,
 * then a `LanguageRequest` by `postMessage` for each call, answered by a `LanguageReply`. TypeScript is loaded with the
 * first request.
 */
import { parentPort, workerData } from "node:worker_threads";
import { answer } from "./answer";
import { loadTypeScript } from "./load-typescript";
import type { LanguageApi, LanguageOptions, LanguageRequest } from "./language-api";

let language: LanguageApi | undefined;
let keepCompiled = (): void => undefined;

/** Long enough for the first cells not to wait for it. */
const KEEP_AFTER_MS = 3_000;

function load(): LanguageApi {
  if (!language) {
    // As late as possible: it takes a while.
    keepCompiled = loadTypeScript();
    const { createLanguage } = require("./index") as typeof import("./index");
    language = createLanguage(workerData as LanguageOptions);
  }
  return language;
}

parentPort?.on("message", (request: LanguageRequest) => {
  parentPort?.postMessage(answer(load, request));
  const { quick } = workerData as LanguageOptions;
  if (request.method === "warmUp" && !quick) setTimeout(keepForNextStart, KEEP_AFTER_MS).unref();
});

function keepForNextStart(): void {
  keepCompiled();
  language?.keepForNextStart();
}
