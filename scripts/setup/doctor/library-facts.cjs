/** Run by library.mjs: prints what the compiled library says, as one line of JSON. */
const { existsSync } = require("node:fs");
const { join } = require("node:path");

/** Whether the library accepts the file: the very check that loading makes. */
function checkFile(folder, file) {
  const { findOfficial, readOfficial } = require("dnn-lab/internal/data/official-files");
  const { HOMEPAGE } = require("dnn-lab/internal/data/fashion-mnist-files");
  const path = findOfficial(folder, file);
  if (!path) return { path: join(folder, `${file.name}.gz`), state: "missing" };
  try {
    readOfficial(path, file, HOMEPAGE);
    return { path, state: "right" };
  } catch (error) {
    return { path, state: "damaged", message: error.message };
  }
}

function fashionMnist(place, folder) {
  const { FILES } = require("dnn-lab/internal/data/fashion-mnist-files");
  const files = Object.values(FILES).flatMap(({ images, labels }) => [images, labels]);
  return { place, folder, exists: existsSync(folder), files: files.map((file) => checkFile(folder, file)) };
}

function attempt(action) {
  try {
    return action();
  } catch (error) {
    return { problem: error.message };
  }
}

function dataFacts() {
  const { cacheFolder, dataFolder } = require("dnn-lab-core/folders");
  const own = attempt(dataFolder);
  const ownFacts = own?.problem
    ? { place: "DNN_LAB_DATA", problem: own.problem }
    : own && fashionMnist("DNN_LAB_DATA", join(own, "fashion-mnist"));
  return [ownFacts, fashionMnist("cache", join(cacheFolder(), "fashion-mnist"))].filter(Boolean);
}

async function main() {
  const engine = await require("dnn-lab/internal/engine/engine").useEngine();
  console.log(`FACTS${JSON.stringify({ engine, data: attempt(dataFacts) })}`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
