import { beforeAll, describe, expect, it } from "vitest";
import { useEngine } from "../../../../src/library/index";
import { families } from "./cases";
import { difference, TOLERANCE } from "./compare";

beforeAll(async () => {
  await useEngine();
});

describe.each(families)("$name networks end as in Keras, on the native engine", (family) => {
  describe.each(family.cases)("$name", (each) => {
    it.each([["op by op", false] as const, ["as a graph", "graph"] as const])("%s", async (_, compile) => {
      const { what, amount } = await difference(family, each, compile);
      expect(amount, what).toBeLessThanOrEqual(TOLERANCE);
    });
  });
});
