/** First file of a worker thread whose program is TypeScript: makes Node understand it, then runs it. */
import { syncBuiltinESMExports } from "node:module";
import { resolve } from "node:path";
import workerThreads = require("node:worker_threads");
import { Map, Object, realm, process, setImmediate } from "../../intrinsics";
import { SourceTexts } from "../source-texts";
import { Importer } from "./importer";
import type { TypeScriptWorkerData } from "./workers";

function main({ file, data }: TypeScriptWorkerData): void {
  (workerThreads as { workerData: unknown }).workerData = data;
  syncBuiltinESMExports();
  const path = resolve(file);
  process.argv[1] = path;
  const importer = new Importer(process.cwd(), new SourceTexts(), new Map());
  const helpers = { __dnn_importFrom: importer.importFrom.bind(importer), __dnn_metaOf: importer.meta.bind(importer) };
  Object.assign(realm, helpers);
  // An error is the thread's, as if the file had been its program.
  importer.importFrom(path, path).catch((error: unknown) => {
    setImmediate(() => {
      throw error;
    });
  });
}

main(workerThreads.workerData as TypeScriptWorkerData);
