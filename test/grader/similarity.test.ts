/** Which notebooks are alike: copies in disguise are, different solutions of one task are not. */
import { describe, expect, it } from "vitest";
import type { Notebook } from "../../src/notebooks/notebook/notebook-file";
import { comparePairs } from "../../src/grader/similarity/compare-submissions";
import { fingerprintsOf } from "../../src/grader/similarity/fingerprints";
import { regionsOf, similarityHtml } from "../../src/grader/similarity/report";
import { answer, sourceNotebook } from "./assignments";

const original = `
  const model = tf.sequential();
  for (let layer = 0; layer < 3; layer++) model.add(tf.layers.dense({ units: 50, activation: "relu" }));
  function clip(gradient: number[], c: number): number[] {
    const norm = Math.hypot(...gradient);
    return norm > c ? gradient.map((g) => (g * c) / norm) : gradient;
  }
  const losses = history.history.loss.filter((loss, i) => i % 2 === 0 && loss < 3).map((loss) => loss * 2);`;
const disguised = `
  // all my own work
  let net = tf.sequential()
  for (let i = 0; i < 4; i++)
    net.add(tf.layers.dense({ units: 64, activation: 'selu' }))
  function shorten(v: number[], limit: number): number[] {
    let length = Math.hypot(...v)
    return length > limit ? v.map((x) => (x * limit) / length) : v
  }
  let odd = run.history.loss.filter((a, b) => b % 7 === 0 && a < 1).map((z) => z * 9)`;
const different = `
  const layers = [50, 50, 50].map((units) => tf.layers.dense({ units, activation: "relu" }));
  const model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [28, 28] }), ...layers] });
  const clip = (gradient: number[], c: number) => {
    let sum = 0;
    for (const g of gradient) sum += g ** 2;
    const factor = Math.min(1, c / Math.sqrt(sum));
    return Array.from(gradient, (g) => g * factor);
  };
  let total = 0;
  for (const [i, loss] of history.history.loss.entries()) if (i % 2 === 0) total += loss;`;

const notebook = (source: string): Notebook => sourceNotebook([answer("a", source)]);
const prints = (sources: Readonly<Record<string, string>>) =>
  new Map(Object.entries(sources).map(([name, source]) => [name, fingerprintsOf(notebook(source))]));

describe("comparePairs", () => {
  it("finds a copy with other names, numbers, comments and layout, and lets another solution be", () => {
    const pairs = comparePairs(prints({ original, disguised, different }));
    expect([pairs[0]!.a, pairs[0]!.b, pairs[0]!.similarity]).toEqual(["original", "disguised", 1]);
    for (const { similarity } of pairs.slice(1)) expect(similarity).toBeLessThan(0.2);
  });

  it("finds what was put between other code", () => {
    const [pair] = comparePairs(prints({ original, mixed: `${different}\n${disguised}` }));
    expect(pair!.similarity).toBeGreaterThan(0.8);
    expect(pair!.places.length).toBe(pair!.shared);
  });

  it("does not count what the template gives, nor what most have", () => {
    expect(comparePairs(prints({ original, disguised }), fingerprintsOf(notebook(original)))).toEqual([]);
    const all = Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, original]));
    expect(comparePairs(prints(all))).toEqual([]);
  });

  it("says nothing about next to no code", () => {
    expect(comparePairs(prints({ a: "const a = 1;", b: "const b = 2;" }))).toEqual([]);
  });

  it("tells by pairs of cells where to look, and shows them side by side", () => {
    const [pair] = comparePairs(prints({ original, disguised }));
    const [region, ...others] = regionsOf(pair!);
    expect(others).toEqual([]);
    expect(region!.shared).toBe(pair!.shared);
    expect(Math.max(...region!.a.lines)).toBe(8);
    const page = similarityHtml(
      [pair!],
      "Numbers",
      new Map(Object.entries({ original: [original], disguised: [disguised] })),
    );
    expect(page).toMatch(/cell 1, lines \d–8 \/ cell 1, lines \d–\d/);
    expect(page).toContain("<mark>  const model = tf.sequential();</mark>");
    expect(page).toContain("  // all my own work\n");
  });

  it("makes a page in which no name can be code", () => {
    const page = similarityHtml([{ a: "<script>", b: "b", similarity: 1, shared: 9, places: [] }], "Numbers");
    expect(page).toContain("&lt;script&gt;");
    expect(page).not.toContain("<script>");
  });
});
