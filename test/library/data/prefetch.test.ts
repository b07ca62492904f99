import { describe, expect, it } from "vitest";
import { preparedAhead } from "../../../src/library/data/prefetch";

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe("preparedAhead", () => {
  it("prepares while the consumer waits, one result a turn of the event loop, and no more than asked for", async () => {
    const prepared: number[] = [];
    const results = preparedAhead([0, 1, 2, 3, 4, 5], (input) => prepared.push(input), 2);
    results.next();
    expect(prepared).toEqual([0]);
    await turns(10);
    expect(prepared).toEqual([0, 1, 2]);
    results.next();
    await turns(10);
    expect(prepared).toEqual([0, 1, 2, 3]);
    results.return();
  });

  it("prepares nothing more once the consumer has stopped", async () => {
    const prepared: number[] = [];
    for (const result of preparedAhead([0, 1, 2, 3], (input) => prepared.push(input), 3)) {
      expect(result).toBe(1);
      break;
    }
    await turns(10);
    expect(prepared).toEqual([0]);
  });

  it("hands a fault to the consumer when its turn comes, not before", async () => {
    const fail = (input: number) => {
      if (input === 2) throw new Error("two");
      return input;
    };
    const results = preparedAhead([0, 1, 2, 3], fail, 3);
    expect(results.next().value).toBe(0);
    await turns(10);
    expect(results.next().value).toBe(1);
    expect(() => results.next()).toThrow("two");
  });
});
