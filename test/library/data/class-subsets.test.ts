import { describe, expect, it } from "vitest";
import { onlyClasses, takePerClass } from "../../../src/library/data/class-subsets";
import type { Dataset } from "../../../src/library/data/dataset";
import { datasetFromArrays } from "../../../src/library/data/from-arrays";

/** Sample i has the feature i and the label i % 5. */
const numbers = Array.from({ length: 50 }, (_, i) => i);
const data = datasetFromArrays({
  features: numbers,
  labels: numbers.map((i) => i % 5),
  classNames: ["a", "b", "c", "d", "e"],
});

function contents(set: Dataset): { features: number[]; labels: number[] } {
  const { features, labels } = set.tensors();
  return { features: [...features.dataSync()], labels: [...labels.dataSync()] };
}

describe("onlyClasses", () => {
  it("keeps these classes, counted anew in the order given", () => {
    const some = onlyClasses(data, [4, 1]);
    const expected = numbers.filter((i) => i % 5 === 4 || i % 5 === 1);
    expect(contents(some)).toEqual({ features: expected, labels: expected.map((i) => (i % 5 === 4 ? 0 : 1)) });
    expect(some.info.classNames).toEqual(["e", "b"]);
    expect(contents(onlyClasses(some, [1])).features).toEqual(numbers.filter((i) => i % 5 === 1));
    expect(contents(data).labels).toEqual(numbers.map((i) => i % 5));
  });

  it.each([
    [() => onlyClasses(data, [5]), /no sample has the class 5/],
    [() => onlyClasses(data, [1, 1]), /array of different class numbers, received \[1, 1\]/],
    [() => onlyClasses(data, []), /classes must be an array/],
    [() => onlyClasses(data.batch(5), [1]), /before shuffle and batch/],
    [() => onlyClasses(data.oneHot(), [1]), /use it before oneHot/],
  ])("refuses %s", (make, message) => expect(make).toThrow(message));
});

describe("takePerClass", () => {
  it("draws as many of each class, other ones for another seed", () => {
    const draw = (seed: number) => contents(takePerClass(data, 3, { seed }));
    const { features, labels } = draw(1);
    expect([...labels].sort()).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
    expect(labels).toEqual(features.map((i) => i % 5));
    expect(features).toEqual([...new Set(features)].sort((a, b) => a - b));
    expect(draw(1)).toEqual({ features, labels });
    expect(draw(2).features).not.toEqual(features);
    expect(contents(takePerClass(data, 10)).features).toEqual(numbers);
  });

  it("draws each sample as often", () => {
    const counts = new Array<number>(50).fill(0);
    for (let seed = 0; seed < 400; seed++) {
      for (const i of contents(takePerClass(data, 3, { seed })).features) counts[i]++;
    }
    // 120 expected of each, standard deviation 9.2.
    expect(Math.min(...counts)).toBeGreaterThan(120 - 4.5 * 9.2);
    expect(Math.max(...counts)).toBeLessThan(120 + 4.5 * 9.2);
  });

  it.each([
    [() => takePerClass(data, 11), /class 0 has 10 samples, fewer than 11/],
    [() => takePerClass(data, 0), /count must be an integer at least 1/],
    [() => takePerClass(data, 1, { sed: 1 } as never), /Did you mean 'seed'/],
  ])("refuses %s", (make, message) => expect(make).toThrow(message));
});
