/** Options of `dnn-lab-grader`. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { checkNumber, checkOneOf } from "dnn-lab-core/check";

export const commands = ["author", "check", "submit", "grade", "worker", "similar"] as const;
export type SubmissionsCommand = (typeof commands)[number];

export const usage = `Usage: dnn-lab-grader <command> [options]          (docs/submissions.md)

For teachers:
  author <source.ipynb>              writes template, solution and rubric; proves that the solution earns all points, the template few
    --out <folder>                   default: the source's folder
    --no-sandbox
  grade <source.ipynb> <submissions> grades a folder's files, or named files; writes results, feedback, marks and a summary
    --results <folder>               default results/grading
    --workers <n>                    at a time (default 1)
    --queue <local | redis>          default: redis for more than eight submissions, where there is a server
    --redis <url | socket>           a server that is there, instead of one of our own
    --priority <n>                   1 is first (a late student), default 1000; with --redis and workers elsewhere
    --attempts <n>                   for a job that fails by no fault of its submission (default 3)
    --due <ISO time> --penalty <points per day>
    --no-sandbox
  worker --redis <url | socket>      takes jobs from a queue, on any machine that sees the same files
    --idle <seconds>                 end when nothing has come for so long
    --quiet
  similar <source.ipynb> <submissions> [--out <file.html>]   which submissions are alike

For students:
  check <my.ipynb>                   runs it from a fresh kernel, and says what is missing
  submit <my.ipynb>                  the same, and makes the file to hand in
    --with <file>                    what the notebook needs beside it; may be repeated
    --student <name>                 default: the login name
    --out <folder>                   default: the notebook's

Exit codes: 0 all is well · 1 something is not (what, is said) · 2 wrong usage · 130 interrupted.`;

export interface SubmissionsOptions {
  readonly command: SubmissionsCommand;
  readonly paths: readonly string[];
  readonly out?: string;
  readonly results: string;
  readonly workers: number;
  readonly queue?: "local" | "redis";
  readonly redis?: string;
  readonly priority?: number;
  readonly attempts: number;
  readonly due?: string;
  readonly penalty: number;
  readonly sandbox: boolean;
  readonly idle?: number;
  readonly quiet: boolean;
  readonly with: readonly string[];
  readonly student?: string;
}

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const known: Readonly<Record<SubmissionsCommand, NonNullable<ParseArgsConfig["options"]>>> = {
  author: { out: text, "no-sandbox": flag },
  check: { with: { type: "string", multiple: true } },
  submit: { with: { type: "string", multiple: true }, student: text, out: text },
  grade: {
    ...{
      results: text,
      workers: text,
      queue: text,
      redis: text,
      priority: text,
      attempts: text,
      due: text,
      penalty: text,
    },
    "no-sandbox": flag,
  },
  worker: { redis: text, idle: text, quiet: flag },
  similar: { out: text },
};
const paths: Readonly<Record<SubmissionsCommand, readonly [least: number, most: number, what: string]>> = {
  author: [1, 1, "the assignment's source"],
  check: [1, 1, "a notebook"],
  submit: [1, 1, "a notebook"],
  grade: [2, Infinity, "the assignment's source, and a folder or files"],
  worker: [0, 0, "no files"],
  similar: [2, Infinity, "the assignment's source, and a folder or files"],
};

/** Undefined when only the help was asked for. Throws a `TypeError` or `RangeError` for wrong usage. */
export function parseSubmissionsOptions([name, ...args]: readonly string[]): SubmissionsOptions | undefined {
  if (name === undefined || name === "--help" || name === "-h" || args.includes("--help")) return undefined;
  const command = checkOneOf("dnn-lab", "the command", name, commands);
  const { values, positionals } = parseArgs({ args, options: known[command], allowPositionals: true });
  const [least, most, what] = paths[command];
  if (positionals.length < least || positionals.length > most) throw new TypeError(`dnn-lab ${command} needs ${what}`);
  const given = values as Record<string, string | boolean | string[] | undefined>;
  const one = (key: string) => given[key] as string | undefined;
  const number = (key: string, rule: Parameters<typeof checkNumber>[3]) =>
    one(key) === undefined ? undefined : checkNumber(`dnn-lab ${command}`, `--${key}`, Number(one(key)), rule);
  if (command === "worker" && !one("redis")) throw new TypeError("dnn-lab worker needs --redis <url | socket>");
  if (one("due") !== undefined && Number.isNaN(Date.parse(one("due")!)))
    throw new TypeError(`dnn-lab grade: --due must be a time such as 2026-12-01T18:00Z, received '${one("due")}'`);
  return {
    ...{ command, paths: positionals, out: one("out"), redis: one("redis"), due: one("due"), student: one("student") },
    results: one("results") ?? "results/grading",
    workers: number("workers", { min: 1, integer: true }) ?? 1,
    queue:
      one("queue") === undefined
        ? undefined
        : checkOneOf("dnn-lab grade", "--queue", one("queue"), ["local", "redis"] as const),
    priority: number("priority", { min: 1, integer: true }),
    attempts: number("attempts", { min: 1, integer: true }) ?? 3,
    penalty: number("penalty", { min: 0 }) ?? 0,
    idle: number("idle", { min: 1 }),
    sandbox: given["no-sandbox"] !== true,
    quiet: given.quiet === true,
    with: (given.with as string[] | undefined) ?? [],
  };
}
