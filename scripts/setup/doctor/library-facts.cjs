/** Run by library.mjs: prints what the compiled library says, as one line of JSON. */
const { dataFindings } = require("dnn-lab/internal/cli/data-findings");
const { useEngine } = require("dnn-lab/internal/engine/engine");

useEngine()
  .then((engine) => console.log(`FACTS${JSON.stringify({ engine, data: dataFindings() })}`))
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
