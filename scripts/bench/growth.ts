/**
 * How the cost of training grows with rows, width, depth, batch and parameters, beside Keras and JAX, and beside what the
 * machine could do at best (its roofline: arithmetic as fast as a large matrix product, or memory).
 *
 *     npm run bench -- growth [--only rows,width,depth,batch,parameters] [--largest n] [--rounds 3] [--json file] [--figure file]
 *     npm run bench -- growth --from a.json,b.json --figure file     # draws what was measured before
 *
 * Contestants take turns within each round. A peer that is more than 20 s behind in one size of an axis is left out of the larger ones.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Figure, provenance, saveFigure, useEngine } from "dnn-lab";
import { checkNumber, checkOneOf } from "dnn-lab-core/check";
import { writeFileAtomic } from "dnn-lab-core/files";
import { textTable } from "dnn-lab/internal/reports/tables/text-table";
import { AXES, elementsOf, type GrowthCase, growthCases, operationsOf } from "./support/growth-cases";
import { type GrowthPeer, growthPeers } from "./support/growth-peers";
import { memory, product } from "./support/machine-limits";
import { checkRounds } from "./support/rounds";
import { rounded, summaryOf } from "./support/statistics";

interface Limits {
  readonly gigaflops: number;
  readonly gigabytes: number;
}

interface Result {
  readonly axis: string;
  readonly size: number;
  readonly who: string;
  /** Milliseconds per training step. */
  readonly step: number;
  /** Seconds that the first call took longer: recording, tracing, compiling. */
  readonly first: number;
  /** Times of dnn-lab's. */
  readonly ratio: number;
}

/** Bytes of parameters from which a step cannot keep them in the processor's cache. */
const CACHED = 32e6;
const PATIENCE = 20;
const ROOFLINE = "roofline";

function limits(): Limits {
  const best = ({ once }: { once: () => number }) => Math.max(...Array.from({ length: 5 }, once));
  return { gigaflops: best(product(1024, 1024, 1024)), gigabytes: best(memory()) };
}

/** Least milliseconds of a step: its arithmetic, or reading the weights twice and writing them once. */
function roofline(one: GrowthCase, { gigaflops, gigabytes }: Limits): number {
  const bytes = 4 * elementsOf(one);
  return Math.max(operationsOf(one) / gigaflops, bytes > CACHED ? (3 * bytes) / gigabytes : 0) / 1e6;
}

async function measured(
  one: GrowthCase,
  peers: readonly GrowthPeer[],
  rounds: number,
): Promise<Omit<Result, "ratio">[]> {
  const answers = peers.map((): { first: number; step: number }[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, peer] of peers.entries()) answers[i].push(await peer.train(one));
  }
  return peers.map(({ name }, i) => {
    const step = summaryOf(answers[i].map((answer) => answer.step)).median;
    return { axis: one.axis, size: one.size, who: name, step, first: answers[i][0].first };
  });
}

async function grow(
  cases: readonly GrowthCase[],
  rounds: number,
  keep: (results: Result[]) => void,
): Promise<Result[]> {
  const [peers, results, limit] = [growthPeers(), [] as Result[], limits()];
  const late = new Set<string>();
  try {
    for (const one of cases) {
      const taking = peers.filter(({ name }) => !late.has(`${one.axis} ${name}`));
      const found = await measured(one, taking, rounds);
      const [{ step: ours }] = found;
      for (const { who, step } of found) {
        if (((step - ours) * one.steps) / 1000 > PATIENCE) late.add(`${one.axis} ${who}`);
      }
      found.push({ axis: one.axis, size: one.size, who: ROOFLINE, step: roofline(one, limit), first: 0 });
      results.push(...found.map((each) => ({ ...each, ratio: each.step / ours })));
      keep(results);
      process.stderr.write(`${one.axis}: ${one.size.toLocaleString("en")}\n`);
    }
  } finally {
    for (const peer of peers) peer.stop();
  }
  return results;
}

/** A panel an axis, all logarithmic. */
function figureOf(results: readonly Result[]): Figure {
  const axes = AXES.filter((axis) => results.some((result) => result.axis === axis));
  const who = [...new Set(results.map((result) => result.who))];
  const data = axes.flatMap((axis, panel) =>
    who.map((name, i) => {
      const own = results.filter((result) => result.axis === axis && result.who === name);
      const place = panel === 0 ? "" : String(panel + 1);
      const line = name === ROOFLINE ? { dash: "dot", color: "gray" } : { color: COLORS[i] };
      const common = { type: "scatter", mode: "lines+markers", name, legendgroup: name, showlegend: panel === 0, line };
      return {
        ...common,
        x: own.map(({ size }) => size),
        y: own.map(({ step }) => step),
        xaxis: `x${place}`,
        yaxis: `y${place}`,
      };
    }),
  );
  const places = axes.flatMap((axis, panel) => {
    const place = panel === 0 ? "" : String(panel + 1);
    const x = { type: "log", title: { text: axis }, dtick: 1 };
    return [
      [`xaxis${place}`, x],
      [`yaxis${place}`, { type: "log", title: { text: panel % 3 === 0 ? "ms a step" : "" } }],
    ];
  });
  const grid = { rows: Math.ceil(axes.length / 3), columns: Math.min(3, axes.length), pattern: "independent" };
  const layout = {
    title: { text: "Cost of a training step" },
    grid,
    width: 1000,
    height: 620,
    ...Object.fromEntries(places),
  };
  return new Figure(data, layout, "Milliseconds a training step as rows, width, depth, batch and parameters grow.");
}

const COLORS = ["#0072b2", "#d55e00", "#009e73"];

function tableOf(results: readonly Result[]): string {
  const lines = results.map(({ axis, size, who, step, first, ratio }) => [
    ...[axis, size.toLocaleString("en"), who, rounded(step)],
    ...[who === ROOFLINE ? "" : first.toFixed(2), rounded(ratio)],
  ]);
  return textTable(["grows", "to", "who", "ms a step", "first, s", "times ours"], lines);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: AXES.join() },
      largest: { type: "string", default: "1e8" },
      rounds: { type: "string", default: "3" },
      from: { type: "string" },
      json: { type: "string" },
      figure: { type: "string" },
    },
  });
  const results = values.from === undefined ? await measuredNow(values) : values.from.split(",").flatMap(kept);
  process.stdout.write(`${tableOf(results)}\n`);
  if (values.figure) await saveFigure(figureOf(results), values.figure);
}

async function measuredNow(values: {
  only: string;
  largest: string;
  rounds: string;
  json?: string;
}): Promise<Result[]> {
  const names = values.only.split(",").map((one) => checkOneOf("bench", "--only", one, AXES));
  const largest = checkNumber("bench", "--largest", Number(values.largest), { above: 0 });
  const cases = growthCases.filter(({ axis, size }) => names.includes(axis) && size <= largest);
  const rounds = checkRounds(values.rounds);
  const { json } = values;
  await useEngine();
  return grow(cases, rounds, (results) => {
    if (json) writeFileAtomic(json, `${JSON.stringify({ ...provenance(), rounds, results }, null, 2)}\n`);
  });
}

const kept = (file: string): Result[] => (JSON.parse(readFileSync(file, "utf8")) as { results: Result[] }).results;

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
