import { describe, expect, it } from "vitest";
import { parseSplit } from "../../../src/library/data/splits";
import fromTfds from "../../expected/data/splits.json";

const sizes = { train: 60_000, test: 10_000 };
const parse = (split: string) => parseSplit("load", split, sizes);

describe("parseSplit", () => {
  it("sets the boundaries that tensorflow-datasets sets", () => {
    for (const { spec, sizes, ranges } of fromTfds) {
      const split = () => parseSplit("load", spec, sizes).map(({ name, start, end }) => [name, start, end]);
      // Where rounding leaves nothing, tensorflow-datasets gives an empty data set.
      if (ranges.some(([, start, end]) => start === end)) expect(split, spec).toThrow(/selects no sample/);
      else expect(split(), `${spec} of ${sizes.train}`).toEqual(ranges);
    }
    expect(fromTfds.length).toBeGreaterThan(50);
  });

  it("divides a part into complementary percentages without gap or overlap", () => {
    for (let percent = 1; percent < 100; percent++) {
      for (const train of [101, 999, 60_000]) {
        const [first] = parseSplit("load", `train[:${percent}%]`, { train });
        const [second] = parseSplit("load", `train[${percent}%:]`, { train });
        expect([first.start, second.start, second.end]).toEqual([0, first.end, train]);
      }
    }
  });

  it("refuses an unknown part, with the list and a guess", () => {
    expect(() => parse("trian[:70%]")).toThrow(
      `load: split "trian[:70%]": there is no split "trian"; the splits are 'train', 'test'. Did you mean 'train'?`,
    );
    expect(() => parse("validation")).toThrow(/there is no split "validation"; the splits are 'train', 'test'\.$/);
    expect(() => parse("train+constructor")).toThrow(/no split "constructor"/);
  });

  it("refuses what it cannot read", () => {
    for (const split of [
      "",
      "train[",
      "train[]",
      "train[5]",
      "train[:70%",
      "train[:70%]x",
      "train[1:2:3]",
      "train++test",
    ]) {
      expect(() => parse(split), split).toThrow(/cannot read .*Write for example 'train'/);
    }
    for (const split of ["train[:7o%]", "train[:1.5]", "train[a:]", "train[:--5]"]) {
      expect(() => parse(split), split).toThrow(/cannot read the boundary/);
    }
    expect(() => parse("train[10%:500]")).toThrow(/'10%' and '500' mix a percentage with a number of samples/);
    expect(() => parse(7 as never)).toThrow(/a split is a string, received 7/);
  });

  it("refuses boundaries outside the part, and splits of no sample", () => {
    expect(() => parse("train[:60001]")).toThrow(/the boundary '60001' lies outside the 60000 samples/);
    expect(() => parse("test[-10001:]")).toThrow(/'-10001' lies outside the 10000 samples/);
    expect(() => parse("train[:101%]")).toThrow(/'101%' lies outside/);
    expect(() => parse("train[:0%]")).toThrow(/train\[:0%\] selects no sample \(from 0 to 0 of 60000\)/);
    expect(() => parse("train[70%:30%]")).toThrow(/selects no sample \(from 42000 to 18000 of 60000\)/);
  });
});
