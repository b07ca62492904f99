/** Networks and data of growing size. Each axis changes one thing of the same training: a dense network on random bytes. */

/** One training; growth_peers.py builds the same from its JSON. */
export interface GrowthCase {
  readonly axis: Axis;
  /** What grows: rows, units a layer, layers, samples a batch, parameters. */
  readonly size: number;
  readonly inputs: number;
  /** Units of each hidden layer; ten classes follow. */
  readonly hidden: readonly number[];
  readonly batch: number;
  readonly rows: number;
  /** Steps of one measured call. */
  readonly steps: number;
}

export const AXES = ["rows", "width", "depth", "batch", "parameters"] as const;
export type Axis = (typeof AXES)[number];

export const CLASSES = 10;
/** Multiplications that fill a second or two, and what a step costs at least, in the same measure. */
const WORK = 2e10;
const LEAST = 4e6;

/** Elements of all weight matrices. */
export function elementsOf({ inputs, hidden }: Pick<GrowthCase, "inputs" | "hidden">): number {
  const sizes = [inputs, ...hidden, CLASSES];
  return sizes.slice(1).reduce((sum, units, i) => sum + units * sizes[i], 0);
}

/** Multiplications and additions of a step: a product forward, one by the weights, one by the inputs (not for the first layer). */
export function operationsOf(one: GrowthCase): number {
  return one.batch * (6 * elementsOf(one) - 2 * one.inputs * (one.hidden[0] ?? CLASSES));
}

const COURSE = { inputs: 784, hidden: [50, 50], batch: 32, rows: 16_384 };
type Shape = Omit<GrowthCase, "axis" | "size" | "steps">;

/** As many whole epochs, or part of one, as fill the time. */
function sized(axis: Axis, size: number, shape: Shape): GrowthCase {
  const one = { axis, size, ...shape };
  const wanted = Math.ceil(WORK / (LEAST + 3 * shape.batch * elementsOf(shape)));
  const epoch = Math.floor(shape.rows / shape.batch);
  const steps = axis === "rows" ? epoch : Math.min(epoch, Math.max(4, wanted));
  return { ...one, steps };
}

const grow = (axis: Axis, sizes: readonly number[], shape: (size: number) => Partial<Shape>): GrowthCase[] =>
  sizes.map((size) => sized(axis, size, { ...COURSE, ...shape(size) }));

const repeated = (units: number, times: number) => Array.from({ length: times }, () => units);

export const growthCases: readonly GrowthCase[] = [
  // Few inputs, so that ten million rows fit into every contestant's memory.
  ...grow("rows", [1e3, 1e4, 1e5, 1e6, 1e7], (rows) => ({ inputs: 32, batch: 128, rows })),
  ...grow("width", [16, 64, 256, 1024, 4096], (units) => ({ hidden: [units, units] })),
  ...grow("depth", [2, 10, 30, 100, 200], (layers) => ({ hidden: repeated(100, layers) })),
  ...grow("batch", [1, 8, 64, 512, 4096], (batch) => ({ batch, rows: Math.max(COURSE.rows, 40 * batch) })),
  ...grow("parameters", [1e4, 1e5, 1e6, 1e7, 1e8], (size) => {
    const units = Math.round(Math.sqrt(size / 2));
    return { inputs: units, hidden: [units, units], rows: size > 1e7 ? 256 : 4096 };
  }),
];
