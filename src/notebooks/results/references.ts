/**
 * Stored references: what a notebook put out when somebody accepted it. There is one for each data fingerprint, engine
 * and set of parameters, so that a machine without the real data compares with the stand-in's.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeFileAtomic } from "dnn-lab-core/files";
import { PLOTLY } from "../check/outputs";
import { canonical, digestOf } from "../notebook/digest";
import type { RunFacts } from "../run/events";
import { sourceHash, type CodeCell, type Output } from "../notebook/notebook-file";

export interface ReferenceCell {
  readonly id?: string;
  readonly section: string | null;
  /** SHA-256 of the source. */
  readonly hash: string;
  /** First line of the source, for people. */
  readonly line: string;
  readonly executionCount: number | null;
  readonly outputs: readonly Output[];
  /** The cell's rules as they were written; undefined in references of older versions. */
  readonly rules?: readonly string[];
  /** Outputs of runs with other seeds. */
  readonly samples?: readonly (readonly Output[])[];
}

/** What a reference was made under. */
export interface Circumstances {
  /** `fashion_mnist (generated)`, or `no data`. */
  readonly data: string;
  /** Hash of the data's fingerprints. */
  readonly fingerprint: string;
  readonly engine: string;
  /** Values of the parameters that were given, as TypeScript literals. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Reference extends Circumstances {
  readonly notebook: string;
  readonly accepted: string;
  readonly commit: string;
  readonly seeds?: readonly number[];
  readonly cells: readonly ReferenceCell[];
}

interface StoredReference extends Reference {
  readonly format: 1;
  /** SHA-256 of all else: an edited reference is noticed. */
  readonly digest: string;
}

/** What a run is compared with: the stored references, or the outputs that stand in the notebook itself. */
export type Against = "references" | "outputs";

export const NO_DATA = "no data";
const NO_ENGINE = "any engine";

/** What a run depended on, as references are sorted by it. */
export function circumstancesOf(
  facts: RunFacts | undefined,
  parameters: Readonly<Record<string, string>>,
): Circumstances {
  const sets = [...(facts?.data ?? [])].sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
  const names = [...new Set(sets.map(({ name, source }) => (source === "generated" ? `${name} (stand-in)` : name)))];
  return {
    data: names.join(", ") || NO_DATA,
    fingerprint: sets.length ? digestOf(sets.map(({ name, fingerprint }) => [name, fingerprint])).slice(0, 12) : "",
    engine: facts?.engine ?? NO_ENGINE,
    parameters,
  };
}

/** In words: `fashion_mnist (stand-in) 0a1b2c, engine native, epochs = 2`. */
export function circumstancesText({ data, fingerprint, engine, parameters }: Circumstances): string {
  const given = Object.entries(parameters).map(([name, value]) => `${name} = ${value}`);
  return [
    `${data}${fingerprint && ` ${fingerprint}`}`,
    engine === NO_ENGINE ? engine : `engine ${engine}`,
    ...given,
  ].join(", ");
}

/** The folder with a notebook's references: `references/<notebook>/` beside it. */
export function referenceFolder(notebook: string): string {
  return join(dirname(notebook), "references", basename(notebook, ".ipynb"));
}

/** The file of the reference for these circumstances. */
export function referencePath(notebook: string, { data, fingerprint, engine, parameters }: Circumstances): string {
  const plain = (text: string) => text.replace(/[^\w.-]+/g, "-").replace(/^-|-$/g, "");
  const given = Object.keys(parameters).length ? `.${digestOf(parameters).slice(0, 8)}` : "";
  const parts = [plain(data), fingerprint].filter(Boolean).join("-");
  return join(referenceFolder(notebook), `${parts}.${plain(engine)}${given}.json`);
}

/** The outputs that stand in a notebook, as a reference. Throws a {@link ReferenceError} when none of its cells has any. */
export function outputsAsReference(path: string, cells: readonly CodeCell[], circumstances: Circumstances): Reference {
  if (cells.every(({ outputs, executionCount }) => outputs.length === 0 && executionCount === null))
    throw new ReferenceError(
      "no-reference",
      `${path} has no outputs to compare with (--against outputs); \`notebooks run --in-place\` puts them in.`,
    );
  const about = { notebook: basename(path), accepted: "", commit: "" };
  return { ...circumstances, ...about, cells: cells.map((cell) => referenceCell(cell)) };
}

/** Stores a reference; returns its path. */
export function writeReference(notebook: string, reference: Reference): string {
  const path = referencePath(notebook, reference);
  const content = { format: 1 as const, ...reference };
  const stored: StoredReference = { ...content, digest: digestOf(content) };
  writeFileAtomic(path, `${JSON.stringify(stored, null, 1)}\n`);
  return path;
}

/** Why a reference cannot be used. */
export class ReferenceError extends Error {
  constructor(
    readonly kind: "no-reference" | "edited-reference",
    message: string,
  ) {
    super(message);
  }
}

/** The reference for these circumstances. Throws a {@link ReferenceError} when there is none, or it was edited. */
export function readReference(notebook: string, circumstances: Circumstances): { path: string; reference: Reference } {
  const path = referencePath(notebook, circumstances);
  if (!existsSync(path)) {
    const others = storedReferences(notebook);
    const have = others.length ? ` There are references for ${others.join("; ")}.` : "";
    throw new ReferenceError(
      "no-reference",
      `there is no reference for ${circumstancesText(circumstances)} (${path}).${have} \`notebooks accept\` stores one.`,
    );
  }
  const reference = readStored(path);
  if (reference === undefined)
    throw new ReferenceError(
      "edited-reference",
      `${path} cannot be read as a reference; \`notebooks accept\` stores a new one.`,
    );
  const { digest, ...content } = reference;
  if (digestOf(content) !== digest) {
    throw new ReferenceError(
      "edited-reference",
      `${path} was edited: its digest does not fit. \`notebooks accept\` stores what the notebook gives.`,
    );
  }
  return { path, reference };
}

function readStored(path: string): StoredReference | undefined {
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as Partial<StoredReference>;
    return value.format === 1 && Array.isArray(value.cells) ? (value as StoredReference) : undefined;
  } catch {
    return undefined;
  }
}

/** The circumstances of all references of a notebook, in words. */
function storedReferences(notebook: string): string[] {
  const folder = referenceFolder(notebook);
  if (!existsSync(folder)) return [];
  const read = readdirSync(folder).map((name) => (name.endsWith(".json") ? readStored(join(folder, name)) : undefined));
  return read.flatMap((each) => (each ? [circumstancesText(each)] : []));
}

/** A cell as a reference keeps it; a figure's picture is left away, as its data are compared. */
export function referenceCell(
  cell: CodeCell,
  samples?: readonly (readonly Output[])[],
  rules?: readonly string[],
): ReferenceCell {
  return {
    ...(cell.id === undefined ? {} : { id: cell.id }),
    section: cell.section,
    hash: sourceHash(cell.source),
    line: cell.source.trim().split("\n")[0],
    executionCount: cell.executionCount,
    outputs: cell.outputs.map(withoutPictures),
    ...(rules ? { rules } : {}),
    ...(samples?.length ? { samples: samples.map((outputs) => outputs.map(withoutPictures)) } : {}),
  };
}

function withoutPictures(output: Output): Output {
  if (!output.data || output.data[PLOTLY] === undefined) return output;
  const kept = Object.entries(output.data).filter(([mime]) => !mime.startsWith("image/") && mime !== "text/html");
  return { ...output, data: Object.fromEntries(kept) };
}

/** The reference's cell for each cell, by id, by source, by place; and those that no cell has. */
export function pairCells(
  cells: readonly CodeCell[],
  reference: readonly ReferenceCell[],
): { pairs: (ReferenceCell | undefined)[]; removed: ReferenceCell[] } {
  const pairs: (ReferenceCell | undefined)[] = cells.map(() => undefined);
  const left = new Set(reference);
  const pair = (fits: (cell: CodeCell, stored: ReferenceCell) => boolean) =>
    cells.forEach((cell, i) => {
      if (pairs[i]) return;
      const found = [...left].find((stored) => fits(cell, stored));
      if (!found) return;
      pairs[i] = found;
      left.delete(found);
    });
  pair((cell, stored) => cell.id !== undefined && cell.id === stored.id);
  pair((cell, stored) => sourceHash(cell.source) === stored.hash);
  // What is left was edited: pairs by place where as many cells are left on both sides.
  const open = cells.flatMap((_, i) => (pairs[i] ? [] : [i]));
  if (open.length === left.size) [...left].forEach((stored, k) => ((pairs[open[k]] = stored), left.delete(stored)));
  return { pairs, removed: [...left] };
}
