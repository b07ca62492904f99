import { describe, expect, it } from "vitest";
import { outsideWrite } from "../../../../src/library/training/steps/outside-writes";

let outer = 0;
const log: number[] = [];
const settings = { rate: 1, inner: { count: 0 } };

describe("a write to what lies outside of a function", () => {
  it.each([
    ["an assignment", () => (outer = 1), "outer"],
    ["a sum", (x: number) => (outer += x), "outer"],
    ["a count", () => outer++, "outer"],
    ["a property", () => (settings.inner.count = 2), "settings.inner.count"],
    ["an element", (i: number) => (log[i] = 2), "log[i]"],
    ["a list that grows", (x: number) => log.push(x), "log"],
    ["a logical assignment", () => (outer ||= 3), "outer"],
    ["a place in a pattern", () => ([settings.rate] = [2]), "settings.rate"],
    ["an inner function", () => [1, 2].map(() => --outer), "outer"],
  ])("is found: %s", (_, body, target) => {
    expect(outsideWrite(body as never)?.target).toBe(target);
  });

  it.each([
    [
      "own names",
      (x: number) => {
        let sum = 0;
        for (let i = 0; i < x; i++) sum += i;
        return sum;
      },
    ],
    [
      "own lists",
      () => {
        const list: number[] = [];
        list.push(1);
        return list;
      },
    ],
    [
      "names of patterns",
      ({ count, ...rest }: { count: number; rate?: number }) => {
        let [first, { second } = { second: 1 }] = [count] as [number, { second: number }?];
        [first, second] = [second, first];
        rest.rate = first;
        return second;
      },
    ],
    [
      "parameters",
      (x: number) => {
        x += 1;
        return x;
      },
    ],
    ["reading", () => outer + settings.rate + log.length],
    ["comparing", () => outer === 1 || outer <= 2],
    ["the result of a call", (x: { at(i: number): number[] }) => x.at(0).push(1)],
    ["native code", Math.max],
  ])("is not seen in %s", (_, body) => {
    expect(outsideWrite(body as never)).toBeUndefined();
  });

  it("is looked for in methods", () => {
    class Layer {
      state = { calls: 0 };
      last = 0;
      #hidden = { calls: 0 };
      countsInSecret() {
        return this.#hidden.calls++;
      }
      counts() {
        return this.state.calls++;
      }
      remembers() {
        return (this.last = 1);
      }
    }
    expect(outsideWrite(Layer.prototype.counts as never)?.target).toBe("this.state.calls");
    expect(outsideWrite(Layer.prototype.countsInSecret as never)?.target).toBe("this.#hidden.calls");
    expect(outsideWrite(Layer.prototype.remembers as never)).toBeUndefined();
  });
});
