/** The benchmark of transfer learning with tiny settings: both sides run the cases that do not train (those take a minute). */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { transferPeers } from "../../scripts/bench/support/transfer-peers";
import { isNative } from "../../src/library/engine/compile/native";
import { cifar10, useEngine } from "../../src/library/index";

const python = join(__dirname, "..", "..", ".venv", "bin", "python");
const weights = join(
  process.env.DNN_LAB_MODELS ?? "",
  "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5",
);

describe.runIf(existsSync(python) && existsSync(weights))("transfer learning beside Keras", () => {
  it.each(["features", "input"] as const)("%s", { timeout: 180_000 }, async (name) => {
    await useEngine();
    if (!isNative()) return;
    const images = await cifar10.load({ split: "train[:48]" });
    const settings = { size: 96, batch: 16, epochs: 1, steps: 3 };
    const { peers, stop } = await transferPeers(name, { images, settings });
    try {
      for (const peer of peers) expect(await peer.round(), peer.name).toBeGreaterThan(0);
    } finally {
      stop();
    }
  });
});
