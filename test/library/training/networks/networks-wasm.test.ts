import { beforeAll, describe, expect, it } from "vitest";
import { useEngine } from "../../../../src/library/index";
import { useWasm } from "../../engine/wasm-kernels/helpers";
import { families } from "./cases";
import { difference, TOLERANCE } from "./compare";

beforeAll(async () => {
  // The engine reports itself once; the tests then change under it.
  await useEngine();
  await useWasm();
});

describe.each(families)("$name networks end as in Keras, on the wasm engine", (family) => {
  it.each(family.cases)("$name", async (each) => {
    const { what, amount } = await difference(family, each, false);
    expect(amount, what).toBeLessThanOrEqual(TOLERANCE);
  });
});
