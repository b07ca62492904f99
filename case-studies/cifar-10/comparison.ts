/** Test accuracies of an earlier run, and how far another may lie from them. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { TransferTask } from "./base";
import { findUpward } from "./find-upward";
import type { Study } from "./study";

export interface Comparison {
  readonly figure: string;
  readonly expected: number;
  readonly found: number | undefined;
  readonly tolerance: number;
  readonly within: boolean;
}

/** What a run has found. */
export interface Figures {
  readonly study: Study;
  readonly kind: TransferTask["kind"];
  readonly figures: Readonly<Record<string, number>>;
}

interface Expected {
  /** From here on it is the same result: seeds and rounding move an accuracy, small test sets more. */
  readonly tolerance: number;
  readonly figures: Readonly<Record<string, number>>;
}

type Book = Record<string, Expected>;

/** A run is compared with one of its own profile, on the same data, with the same base. */
const keyOf = ({ profile, parts }: Study, kind: TransferTask["kind"]) =>
  `${profile}, ${parts.train.info.comparable ? "CIFAR-10" : "stand-in"}, ${kind}`;

/** Beside this file; the build, from which the command runs, lies elsewhere. */
const path = () => findUpward(__dirname, "case-studies/cifar-10/expected.json");

function read(): Book {
  const file = path();
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Book) : {};
}

/** Undefined when nothing is expected of such a run yet. */
export function compare({ study, kind, figures }: Figures): Comparison[] | undefined {
  const expected = read()[keyOf(study, kind)];
  if (!expected) return undefined;
  const { tolerance } = expected;
  return Object.entries(expected.figures).map(([figure, value]) => {
    const found = figures[figure];
    return { figure, expected: value, found, tolerance, within: Math.abs(found - value) <= tolerance };
  });
}

/** Writes the figures of a run as what is expected from now on. */
export function accept({ study, kind, figures }: Figures): void {
  const tolerance = study.profile === "full" ? 0.03 : 0.08;
  const book = { ...read(), [keyOf(study, kind)]: { tolerance, figures } };
  writeFileSync(`${path()}.part`, `${JSON.stringify(book, null, 2)}\n`);
  renameSync(`${path()}.part`, path());
}
