/** Pairs of alike submissions as a page: how alike, and the cells side by side, for a person to judge. */
import { escapeHtml } from "dnn-lab-core/html";
import { plainPage } from "../feedback/feedback-page";
import type { Pair } from "./compare-submissions";

/** Sources of a submission's cells, by their place in the notebook. */
export type Sources = ReadonlyMap<string, readonly string[]>;

/** Cells of two notebooks that have something in common: places from 0, lines from 1. */
interface Region {
  readonly a: { readonly cell: number; readonly lines: ReadonlySet<number> };
  readonly b: { readonly cell: number; readonly lines: ReadonlySet<number> };
  readonly shared: number;
}

/** Pairs whose cells are shown; the table has all. */
const MOST_SHOWN = 30;

/** The places by pairs of cells, those with the most in common first. */
export function regionsOf({ places }: Pair): Region[] {
  const regions = new Map<string, { a: Set<number>; b: Set<number>; shared: number }>();
  for (const { a, b } of places) {
    const key = `${a.cell} ${b.cell}`;
    const region = regions.get(key) ?? { a: new Set(), b: new Set(), shared: 0 };
    regions.set(key, region);
    region.a.add(a.line);
    region.b.add(b.line);
    region.shared++;
  }
  const named = [...regions].map(([key, { a, b, shared }]) => {
    const [left, right] = key.split(" ").map(Number) as [number, number];
    return { a: { cell: left, lines: a }, b: { cell: right, lines: b }, shared };
  });
  return named.sort((x, y) => y.shared - x.shared);
}

function at({ cell, lines }: Region["a"]): string {
  const [first, last] = [Math.min(...lines), Math.max(...lines)];
  return `cell ${cell + 1}, ${first === last ? `line ${first}` : `lines ${first}–${last}`}`;
}

/** A cell's source with the lines marked in which something common begins. */
function marked(source: string, lines: ReadonlySet<number>): string {
  const text = source
    .split("\n")
    .map((line, i) => (lines.has(i + 1) ? `<mark>${escapeHtml(line)}</mark>` : escapeHtml(line)));
  return `<pre>${text.join("\n")}</pre>`;
}

function cellsOf(pair: Pair, sources: Sources): string {
  const shown = regionsOf(pair).map(({ a, b, shared }) => {
    const side = (name: string, { cell, lines }: Region["a"]) =>
      `<div><h3>${escapeHtml(name)}</h3>${marked(sources.get(name)?.[cell] ?? "", lines)}</div>`;
    const summary = `<summary>${at(a)} / ${at(b)} (${shared} shared)</summary>`;
    return `<details>${summary}<div class="sides">${side(pair.a, a)}${side(pair.b, b)}</div></details>`;
  });
  const head = `<div class="head"><h3>${escapeHtml(pair.a)} – ${escapeHtml(pair.b)}</h3><span>${share(pair)}</span></div>`;
  return `<section class="card">${head}${shown.join("\n")}</section>`;
}

const share = ({ similarity }: Pair): string => `${(100 * similarity).toFixed(0)} %`;

/** The pairs as a page, each with where to look and, of the most alike, what stands there. */
export function similarityHtml(pairs: readonly Pair[], title: string, sources: Sources = new Map()): string {
  const rows = pairs.map((pair) => {
    const where = regionsOf(pair)
      .slice(0, 5)
      .map(({ a, b }) => `${at(a)} / ${at(b)}`);
    const names = [pair.a, pair.b].map((name) => `<td>${escapeHtml(name)}</td>`).join("");
    return `<tr>${names}<td class="number">${share(pair)}</td><td class="number">${pair.shared}</td><td>${where.join("<br>")}</td></tr>`;
  });
  const lead =
    "Shared fingerprints of the code that students wrote. Names, numbers, comments and layout do not count, nor does what the task gives. A likeness is a reason to look, not a verdict.";
  const head = ["a", "b", "alike", "shared", "where (a / b)"].map(
    (name, i) => `<th${i === 2 || i === 3 ? ' class="number"' : ""}>${name}</th>`,
  );
  const table = `<table><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
  const style =
    "<style>.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 0 20px; } summary { cursor: pointer; margin-top: 8px; } mark { background: var(--open-back); color: inherit; }</style>";
  const cells = sources.size ? pairs.slice(0, MOST_SHOWN).map((pair) => cellsOf(pair, sources)) : [];
  const body = [
    `${style}<h1>${escapeHtml(title)}: similar submissions</h1><p class="lead">${lead}</p>`,
    `<section class="card">${table}</section>`,
    cells.length ? `<h2>Side by side</h2>${cells.join("\n")}` : "",
  ];
  return plainPage(`${title}: similar submissions`, body.join("\n"));
}
