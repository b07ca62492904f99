/** Everything public is documented, and what one calls has an example (which test/examples runs). */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostWith, indexFile, publicApi, reproduceFile, root, type PublicSymbol } from "./public-api";

/** Folders whose public functions each show how they are called. */
const SHOWN = /^src\/library\/(techniques|training|data|models\/(?!layers\/activations|initialization\/initializers))/;
/** What is called by other functions, or is made by them. */
const NEEDS_NO_EXAMPLE = [
  "BatchNormalization",
  "ModelExplanation",
  "MultiHeadAttention",
  "Optimizer",
  "PermutationImportance",
  "WeightsUnavailableError",
  "describeSchedule",
  "scheduleFromConfig",
];

const undocumented = (api: readonly PublicSymbol[]) => api.filter((each) => !each.documented).map(({ name }) => name);
const withoutExample = (api: readonly PublicSymbol[]) =>
  api
    .filter(({ value, examples }) => value && examples.length === 0)
    .filter(({ file }) => SHOWN.test(file.replaceAll("\\", "/")) && !file.endsWith("deprecated.ts"))
    .map(({ name }) => name);
/** Where the slides say something is of no help to one who hovers over a name. */
const BOOKKEEPING = /^[^:]{0,80}?\beqs?\. \(|^(?:Slides' statements|First used|Source)\b/;
const beginsWithBookkeeping = (api: readonly PublicSymbol[]) =>
  api.filter(({ documentation }) => BOOKKEEPING.test(documentation)).map(({ name }) => name);

describe("the public symbols", () => {
  const api = [indexFile, reproduceFile].flatMap((file) => publicApi(file));

  it("are found", () => {
    const names = api.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(500);
    expect(names).toEqual(expect.arrayContaining(["fit", "Dataset.batch", "activations.selu", "SgdOptions.momentum"]));
    expect(names).not.toContain("Dataset.rowsAsBatch");
  });

  it("are all documented", () => {
    expect(undocumented(api)).toEqual([]);
  });

  it("begin with what they are, not with where the slides say it", () => {
    expect(beginsWithBookkeeping(api)).toEqual([]);
  });

  it("show how they are called", () => {
    expect(withoutExample(api).sort()).toEqual(NEEDS_NO_EXAMPLE);
  });
});

it("notices what is not documented", () => {
  const file = join(root, "src", "library", "techniques", "invented.ts");
  const text = `
    export function bare(): void {}
    /** Documented. @example shown() */
    export function shown(): void {}
    /** Documented. */
    export interface Some {
      x: number;
      /** y. */
      y: number;
    }
    /** Documented. */
    export class Thing {
      private z = 1;
      constructor(readonly w: number) {}
      /** @internal */
      a(): void {}
      b(): void { this.z++; }
    }
    export const two = 2;
    /** Some, eq. (2): x. */
    export type Numbered = string;
  `;
  const api = publicApi(file, hostWith(new Map([[file, text]])));
  expect(undocumented(api)).toEqual(["bare", "Some.x", "Thing.w", "Thing.b", "two"]);
  expect(withoutExample(api)).toEqual(["bare", "Thing", "two"]);
  expect(beginsWithBookkeeping(api)).toEqual(["Numbered"]);
  expect(api.find(({ name }) => name === "shown")?.examples).toEqual(["shown()"]);
});
