import { afterEach, expect, it, vi } from "vitest";
import { checkClaim } from "../../../src/library/reports/claim";

const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
afterEach(() => void written.mockClear());

it("prints a claim that holds, with what was found", () => {
  checkClaim("The rate falls", true, { found: { rate: 1 / 3, plan: "graph", loss: NaN } });
  expect(written.mock.calls).toEqual([["✓ The rate falls (rate: 0.33333, plan: graph, loss: NaN)\n"]]);
});

it("throws for a claim that does not hold, and says what was found", () => {
  expect(() => checkClaim("The rate falls", false, { found: { rate: 2 } })).toThrow(
    "The claim does not hold: The rate falls (rate: 2).",
  );
  expect(written).not.toHaveBeenCalled();
});

it("says that a claim is not about this run, whether it holds or not", () => {
  checkClaim("Most win", false, { when: false });
  expect(written.mock.calls).toEqual([["– unchecked in this run: Most win\n"]]);
});

it("refuses what is no truth value, and unknown options", () => {
  expect(() => checkClaim("x", NaN as never)).toThrow("must be true or false");
  expect(() => checkClaim("x", true, { measured: {} } as never)).toThrow("unknown option 'measured'");
});
