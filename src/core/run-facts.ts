/**
 * What a program's results depend on beyond its source: data, engine, seed. The library notes it where it comes to know;
 * whoever checks the results (`src/notebooks`) reads it from `globalThis[Symbol.for("dnn-lab.facts")]`.
 */

/** A data set that was loaded. */
export interface DataFact {
  /** Name as in the tables of results, `fashion_mnist`. */
  readonly name: string;
  /** Where the bytes came from. */
  readonly source: string;
  /** Hash of what was loaded. */
  readonly fingerprint: string;
}

/** What a program tells about the data, the engine and the seed that its results rest on. */
export interface RunFacts {
  readonly data: DataFact[];
  /** Files and folders that decide which data are loaded, whether they are there or not. */
  readonly inputs: string[];
  engine?: string;
  seed?: number;
}

const KEY = Symbol.for("dnn-lab.facts");

function facts(): RunFacts {
  const holder = globalThis as Record<symbol, RunFacts | undefined>;
  return (holder[KEY] ??= { data: [], inputs: [] });
}

/** Notes a data set; the same one is noted once. */
export function noteData({ name, source, fingerprint }: DataFact): void {
  const { data } = facts();
  const known = data.some((each) => each.name === name && each.fingerprint === fingerprint && each.source === source);
  if (!known) data.push({ name, source, fingerprint });
}

/** Notes a file or folder on which the choice of data depends. */
export function noteInput(path: string): void {
  const { inputs } = facts();
  if (!inputs.includes(path)) inputs.push(path);
}

export function noteEngine(name: string): void {
  facts().engine = name;
}

export function noteSeed(seed: number): void {
  facts().seed = seed;
}
