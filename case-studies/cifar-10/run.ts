/**
 * The case study from the command line:
 *
 *     npm run case-study -- cifar-10 [--full] [--fresh] [--accept] [--out folder] [--export folder]
 *
 * Ends with 0 when all test accuracies are as expected, 1 when one is not, 2 for wrong usage. Stages that have been computed
 * with the same settings and data are taken from the results folder (--fresh computes them again); --accept writes the
 * figures of this run as the expected ones, and with --full into the tables of the README. --export only writes what keras_dense.py needs.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { display } from "dnn-lab";
import { answers, keyFigures } from "./answers";
import { accept, compare } from "./comparison";
import { exportDense } from "./export";
import { findUpward } from "./find-upward";
import { tablesOf, writeReadme } from "./readme";
import { Study } from "./study";

const option = { type: "boolean", default: false } as const;

async function main(): Promise<number> {
  const options = { full: option, fresh: option, accept: option, out: { type: "string" }, export: { type: "string" } } as const;
  const { values } = parseArgs({ options });
  const profile = values.full ? "full" : "quick";
  const out = values.out ? resolve(values.out) : findUpward(__dirname, join("results", "case-studies", "cifar-10"));
  const study = await Study.open(profile, join(out, profile), { fresh: values.fresh });
  console.log(study.dataLine);
  if (values.export) {
    exportDense(study, resolve(values.export));
    return 0;
  }
  const all = await answers(study);
  console.log(`\nTransfer: ${all.task.base}\n`);
  for (const [name, table] of Object.entries(tablesOf(study, all))) {
    console.log(name);
    await display(table);
  }
  const found = { study, kind: all.task.kind, figures: keyFigures(all) };
  if (values.accept) accept(found);
  if (values.accept && values.full) writeReadme(study, all);
  const rows = compare(found);
  if (!rows) {
    console.log("\nNothing is expected of such a run yet; --accept takes these figures.");
    return 0;
  }
  const outside = rows.filter(({ within }) => !within);
  for (const { figure, expected, found, tolerance } of outside)
    console.error(`${figure}: expected ${expected} ± ${tolerance}, found ${found}.`);
  console.log(`\n${rows.length - outside.length} of ${rows.length} test accuracies are as expected.`);
  return outside.length ? 1 : 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error: Error & { code?: string }) => {
    console.error(error.code?.startsWith("ERR_PARSE_ARGS") ? error.message : error.stack);
    process.exitCode = error.code?.startsWith("ERR_PARSE_ARGS") ? 2 : 1;
  },
);
