/** The dense series beside Keras': what keras_dense.py measured with the same settings and images. */
import { readFileSync } from "node:fs";
import { dataFrame } from "dnn-lab";
import type { DenseRun } from "./dense";
import { findUpward } from "./find-upward";
import { rounded } from "./rounded";

interface KerasRun {
  readonly name: string;
  readonly bestValidAccuracy: number;
  readonly testAccuracy: number;
  readonly seconds: number;
}

/** A row for each run that both have. */
export function kerasTable(runs: readonly DenseRun[]) {
  const path = findUpward(__dirname, "case-studies/cifar-10/keras_dense.json");
  const theirs = (JSON.parse(readFileSync(path, "utf8")) as { runs: KerasRun[] }).runs;
  const pairs = theirs.flatMap((keras) => runs.filter(({ name }) => name === keras.name).map((ours) => ({ ours, keras })));
  return dataFrame({
    run: pairs.map(({ ours }) => ours.name),
    "best validation accuracy": pairs.map(({ ours }) => rounded(ours.bestValidAccuracy)),
    "Keras' best validation accuracy": pairs.map(({ keras }) => keras.bestValidAccuracy),
    "test accuracy": pairs.map(({ ours }) => rounded(ours.testAccuracy)),
    "Keras' test accuracy": pairs.map(({ keras }) => keras.testAccuracy),
    seconds: pairs.map(({ ours }) => rounded(ours.seconds, 1)),
    "Keras' seconds": pairs.map(({ keras }) => keras.seconds),
  });
}
