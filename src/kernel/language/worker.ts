/**
 * The language in a worker thread: `new Worker(".../worker.js", { workerData: { cwd }, resourceLimits: WORKER_LIMITS })`,
 * then a `LanguageRequest` by `postMessage` for each call, answered by a `LanguageReply`. TypeScript is loaded with the
 * first request.
 */
import { parentPort, workerData } from "node:worker_threads";
import { answer } from "./answer";
import type { LanguageApi, LanguageOptions, LanguageRequest } from "./api";

let language: LanguageApi | undefined;

function load(): LanguageApi {
  if (!language) {
    // As late as possible: it takes 150 ms.
    const { createLanguage } = require("./index") as typeof import("./index");
    language = createLanguage(workerData as LanguageOptions);
  }
  return language;
}

parentPort?.on("message", (request: LanguageRequest) => parentPort?.postMessage(answer(load, request)));
