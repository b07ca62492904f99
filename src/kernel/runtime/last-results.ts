/** `_`, `__`, `___`, `Out[n]` and `In[n]`: the last results, and what was run. */
import { Object, realm } from "../intrinsics";

/** How many results are kept; older ones are forgotten, since a day's results would fill the memory. */
const MOST_RESULTS = 100;

const { defineProperty } = Object;

export class LastResults {
  // Of the cells' realm: they work with them.
  private readonly results = new realm.Object() as Record<number, unknown>;
  private readonly sources = realm.Array.of("");
  private readonly numbers: number[] = [];
  private readonly last: unknown[] = [undefined, undefined, undefined];

  constructor() {
    this.provide("Out", () => this.results);
    this.provide("In", () => this.sources);
    ["_", "__", "___"].forEach((name, index) => this.provide(name, () => this.last[index]));
  }

  /** The code of a cell that is about to run. */
  begin(count: number, source: string): void {
    this.sources[count] = source;
  }

  /** The value of a cell that ran. */
  add(count: number, value: unknown): void {
    this.last.unshift(value);
    this.last.length = 3;
    if (!(count in this.results)) this.numbers.push(count);
    this.results[count] = value;
    const oldest = this.numbers.length > MOST_RESULTS ? this.numbers.shift() : undefined;
    if (oldest !== undefined) delete this.results[oldest];
  }

  /** A global that a cell may assign to, and then has its own. */
  private provide(name: string, get: () => unknown): void {
    const set = (value: unknown): void => {
      defineProperty(realm, name, { value, writable: true, configurable: true, enumerable: false });
    };
    defineProperty(realm, name, { get, set, configurable: true, enumerable: false });
  }
}
