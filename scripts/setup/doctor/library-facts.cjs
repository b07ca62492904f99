/** Run by library.mjs: prints what the compiled library says, as one line of JSON. */
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const source = (name) => require(join(__dirname, "..", "..", "..", "dist", "src", name));

/** Whether the library accepts the file: the very check that loading makes. */
function checkFile(folder, file) {
  const { findOfficial, readOfficial } = source("data/official-files.js");
  const { HOMEPAGE } = source("data/fashion-mnist-files.js");
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
  const { FILES } = source("data/fashion-mnist-files.js");
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
  const { cacheFolder, dataFolder } = source("data/folders.js");
  const own = attempt(dataFolder);
  const ownFacts = own?.problem
    ? { place: "DNN_LAB_DATA", problem: own.problem }
    : own && fashionMnist("DNN_LAB_DATA", join(own, "fashion-mnist"));
  return [ownFacts, fashionMnist("cache", join(cacheFolder(), "fashion-mnist"))].filter(Boolean);
}

async function main() {
  const engine = await source("engine/engine.js").useEngine();
  console.log(`FACTS${JSON.stringify({ engine, data: attempt(dataFacts) })}`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
