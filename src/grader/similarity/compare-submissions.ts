/** Pairs of submissions that have more in common than chance gives. It says how alike they are, not why: that is for a person. */
import type { Fingerprints, Place } from "./fingerprints";

export interface Pair {
  readonly a: string;
  readonly b: string;
  /** Shared fingerprints as a share of the smaller set, 0 to 1. */
  readonly similarity: number;
  readonly shared: number;
  /** Where the shared ones stand, in both. */
  readonly places: readonly { readonly a: Place; readonly b: Place }[];
}

/** With fewer fingerprints than this a likeness means nothing. */
const LEAST = 5;

/**
 * All pairs, the most alike first. What is in the template, and what more than `commonShare` (default half) of the submissions
 * have (of at least four), is not counted: it comes from the task.
 */
export function comparePairs(
  submissions: ReadonlyMap<string, Fingerprints>,
  template: Fingerprints = new Map(),
  { commonShare = 0.5 }: { readonly commonShare?: number } = {},
): Pair[] {
  const counts = new Map<string, number>();
  for (const prints of submissions.values())
    for (const print of prints.keys()) counts.set(print, (counts.get(print) ?? 0) + 1);
  const most = submissions.size < 4 ? Infinity : Math.max(2, commonShare * submissions.size);
  const own = [...submissions].map(([name, prints]) => {
    const kept = [...prints].filter(([print]) => !template.has(print) && counts.get(print)! <= most);
    return [name, new Map(kept)] as const;
  });
  const pairs = own.flatMap(([a, left], i) => own.slice(i + 1).map(([b, right]) => pairOf(a, left, b, right)));
  return pairs.filter(({ shared }) => shared > 0).sort((x, y) => y.similarity - x.similarity || y.shared - x.shared);
}

function pairOf(a: string, left: Fingerprints, b: string, right: Fingerprints): Pair {
  const places = [...left].flatMap(([print, place]) => (right.has(print) ? [{ a: place, b: right.get(print)! }] : []));
  const size = Math.min(left.size, right.size);
  return { a, b, similarity: size < LEAST ? 0 : places.length / size, shared: places.length, places };
}
