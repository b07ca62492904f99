/** The space of a search: a domain for each hyperparameter, and the settings that lie in it. */
import { show } from "dnn-lab-core/check";
import { RandomStream } from "dnn-lab-core/random";
import { type Domain, draw, type HyperValue, isDomain, notADomain, valuesOf } from "./domain";

/** A domain for each hyperparameter, by name. */
export type SearchSpace = Readonly<Record<string, Domain>>;

/** One value for each hyperparameter of a space. */
export type Settings<Space extends SearchSpace = SearchSpace> = {
  readonly [Name in keyof Space]: Space[Name] extends Domain<infer T> ? T : never;
};

type Plain = Readonly<Record<string, HyperValue>>;

/** A space of this size is searched by a grid at most. */
const LARGEST_GRID = 100_000;

/** Returns the space when it is one. */
export function checkSpace<Space extends SearchSpace>(owner: string, space: Space): Space {
  const names = space !== null && typeof space === "object" ? Object.keys(space) : [];
  if (names.length === 0)
    throw new TypeError(
      `${owner}: space must name at least one hyperparameter, { units: hp.int(10, 100) }, received ${show(space)}.`,
    );
  names.forEach((name, i) => {
    const domain: unknown = space[name];
    if (!isDomain(domain)) throw notADomain(`${owner}: space.${name}`, domain);
    for (const [other, value] of Object.entries(domain.when ?? {})) {
      if (!names.slice(0, i).includes(other))
        throw new TypeError(
          `${owner}: space.${name} depends on '${other}', which does not stand before it in the space.`,
        );
      const possible = valuesOf(space[other]);
      if (possible && !possible.includes(value))
        throw new TypeError(
          `${owner}: space.${name} depends on ${other} being ${show(value)}, but it is one of ${show([...possible])}.`,
        );
    }
  });
  return space;
}

/** Values without those whose condition does not hold. */
function active(space: SearchSpace, drawn: Plain): Plain {
  const kept: Record<string, HyperValue> = {};
  for (const [name, { when = {} }] of Object.entries(space)) {
    const holds = Object.entries(when).every(([other, value]) => kept[other] === value);
    kept[name] = holds ? drawn[name] : undefined;
  }
  return kept;
}

const keyOf = (settings: Plain): string => JSON.stringify(Object.entries(settings));

const distinct = (rows: readonly Plain[]): Plain[] => [...new Map(rows.map((row) => [keyOf(row), row])).values()];

/** All settings of a grid, the last hyperparameter changing fastest. */
export function gridOf(owner: string, space: SearchSpace): Plain[] {
  let rows: Plain[] = [{}];
  for (const [name, domain] of Object.entries(space)) {
    const values = valuesOf(domain);
    if (values === undefined) {
      const fix = "Give it a step, list values with hp.choice, or take strategy: 'random'.";
      throw new TypeError(`${owner}: a grid needs a list of values, and space.${name} has no end of them. ${fix}`);
    }
    // Conditions only make it smaller afterwards.
    if (rows.length * values.length > LARGEST_GRID)
      throw new RangeError(`${owner}: the grid has more than ${LARGEST_GRID} settings; take strategy: 'random'.`);
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value })));
    if (domain.when) rows = distinct(rows.map((row) => active(space, row)));
  }
  return rows;
}

/** So many draws in a row that give nothing new: the space is taken to be searched whole. */
const MOST_REPEATS = 1000;

/**
 * `count` settings drawn at random, none of them twice; fewer where the space holds no more. More of them begin with the
 * same ones.
 */
export function drawSettings(space: SearchSpace, count: number, seed: number): Plain[] {
  const found = new Map<string, Plain>();
  for (let stream = 0, repeats = 0; found.size < count && repeats < MOST_REPEATS; stream++) {
    const random = new RandomStream(seed, stream);
    const all = Object.entries(space).map(([name, domain]) => [name, draw(domain, random)] as const);
    const settings = active(space, Object.fromEntries(all));
    repeats = found.has(keyOf(settings)) ? repeats + 1 : 0;
    found.set(keyOf(settings), settings);
  }
  return [...found.values()];
}
