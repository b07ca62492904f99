/**
 * The language in a worker thread: `new Worker(".../worker.js", { workerData: { cwd }, resourceLimits: WORKER_LIMITS })`,
 * then a `LanguageRequest` by `postMessage` for each call, answered by a `LanguageReply`. TypeScript is loaded with the
 * first request.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { LanguageApi, LanguageOptions, LanguageReply, LanguageRequest } from "./api";

let language: LanguageApi | undefined;

function load(): LanguageApi {
  if (!language) {
    // As late as possible: it takes 150 ms.
    const { createLanguage } = require("./index") as typeof import("./index");
    language = createLanguage(workerData as LanguageOptions);
  }
  return language;
}

function answer({ id, method, args }: LanguageRequest): LanguageReply {
  try {
    const call = load()[method] as (...values: unknown[]) => unknown;
    return { id, result: call.apply(load(), args) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on("message", (request: LanguageRequest) => parentPort?.postMessage(answer(request)));
