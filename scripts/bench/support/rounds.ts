/** Contestants that take turns within each round, and the table of what came out. */
import { textTable } from "dnn-lab/internal/reports/tables/text-table";
import { rounded, summaryOf, type Summary } from "./statistics";
import type { Peers } from "./training-peers";

export interface Result extends Summary {
  readonly case: string;
  readonly peer: string;
  /** How many times as long as ours it took: median of the rounds' ratios. */
  readonly ratio: number;
  /** What each round gave. */
  readonly values: readonly number[];
}

/** Runs the rounds of one case; the first peer is ours. */
export async function measure(name: string, { peers, stop }: Peers, rounds: number): Promise<Result[]> {
  const times = peers.map((): number[] => []);
  try {
    for (let round = 0; round < rounds; round++) {
      for (const [i, peer] of peers.entries()) times[i].push(await peer.round());
      process.stderr.write(`${name}: round ${round + 1} of ${rounds}\n`);
    }
  } finally {
    stop();
  }
  return peers.map((peer, i) => {
    const { median: ratio } = summaryOf(times[i].map((time, round) => time / times[0][round]));
    return { case: name, peer: peer.name, ...summaryOf(times[i]), ratio, values: times[i] };
  });
}

/** @param unit of the values */
export function tableOf(results: readonly Result[], unit = "ms"): string {
  const header = ["case", "who", `median ${unit}`, "least", "most", "times ours"];
  const rows = results.map(({ case: name, peer, median, least, most, ratio }) => [
    name,
    peer,
    ...[median, least, most, ratio].map(rounded),
  ]);
  return textTable(header, rows);
}

/** A number of rounds from the command line. */
export function checkRounds(value: string): number {
  const rounds = Number(value);
  if (Number.isInteger(rounds) && rounds >= 1) return rounds;
  throw new RangeError(`bench: --rounds must be a positive whole number, received ${value}.`);
}
