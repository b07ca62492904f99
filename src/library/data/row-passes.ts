/** Which rows of a storage come when: the rows that a data set starts from, and the stages that each pass runs them through. */
import { checkNumber } from "dnn-lab-core/check";
import { chained, isBatched, joined, type Elements, type Stage } from "./pipeline";

export class RowPasses {
  constructor(
    /** Row numbers in the storage. */
    readonly rows: Int32Array,
    readonly stages: readonly Stage[] = [],
  ) {}

  followedBy(stage: Stage): RowPasses {
    return new RowPasses(this.rows, [...this.stages, stage]);
  }

  /** Row numbers in the storage in the order of a pass. */
  storedOrder(pass: number): Int32Array {
    return joined(this.elements(pass));
  }

  /** The same as places in `held`. */
  order(pass: number): Int32Array {
    const places = this.heldPositions();
    const placeOf = new Int32Array(this.rows.length);
    places.forEach((position, place) => (placeOf[position] = place));
    return joined(this.elements(pass, this.stages, range(this.rows.length))).map((position) => placeOf[position]);
  }

  /** The batches of a pass as row numbers in the storage. Throws before `batch`. */
  batches(pass: number): readonly Int32Array[] {
    const elements = this.elements(pass);
    if (isBatched(elements)) return elements;
    throw new Error("Dataset: the samples are not in batches yet; call batch(batchSize) first.");
  }

  /** The batches of a pass joined, and where each begins in that order, its length at the end. Throws before `batch`. */
  batchedOrder(pass: number): { readonly order: Int32Array; readonly offsets: Int32Array } {
    const batches = this.batches(pass);
    const offsets = new Int32Array(batches.length + 1);
    batches.forEach((rows, step) => (offsets[step + 1] = offsets[step] + rows.length));
    return { order: joined(batches), offsets };
  }

  /** Row numbers of all samples that a pass may yield, in their own order: shuffles are left out. */
  get held(): Int32Array {
    return this.heldPositions().map((position) => this.rows[position]);
  }

  /** Row numbers of what a pass yields when shuffles are left out. */
  get unshuffled(): Int32Array {
    return joined(this.elements(0, this.unshuffledStages));
  }

  private get unshuffledStages(): readonly Stage[] {
    return this.stages.filter(({ shuffles }) => !shuffles);
  }

  private heldPositions(): Int32Array {
    const all = range(this.rows.length);
    // What is left out after a shuffle differs from pass to pass: any sample may come then.
    const first = this.stages.findIndex(({ shuffles, repeats }) => shuffles || repeats !== undefined);
    const isFixed = first === -1 || this.stages.slice(first).every(({ leavesOut }) => !leavesOut);
    const once = this.unshuffledStages.filter(({ repeats }) => repeats === undefined);
    return isFixed ? joined(this.elements(0, once, all)) : all;
  }

  private elements(pass: number, stages = this.stages, from: Int32Array = this.rows): Elements {
    checkNumber("Dataset", "pass", pass, { integer: true, min: 0 });
    const repeating = stages.findLastIndex(({ repeats }) => repeats !== undefined);
    const after = stages.slice(repeating + 1);
    const repeated = repeating < 0 ? from : this.repeated(stages.slice(0, repeating), stages[repeating], pass, from);
    return after.reduce<Elements>((elements, stage) => stage.apply(elements, pass), repeated);
  }

  private repeated(before: readonly Stage[], { repeats = 1 }: Stage, pass: number, from: Int32Array): Elements {
    const passes = Array.from({ length: repeats }, (_, i) => this.elements(pass * repeats + i, before, from));
    return chained(passes);
  }
}

/** 0, 1, 2 … */
export function range(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}
