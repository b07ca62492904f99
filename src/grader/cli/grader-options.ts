/** Options of `dnn-lab author`, `check`, `submit`, `grade`, `worker` and `similar`. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { checkNumber, checkOneOf } from "dnn-lab-core/check";
import { dueTime, duration } from "../grading/due";
import { type Amount, amount } from "../grading/marks";

export const commands = ["author", "check", "submit", "grade", "worker", "similar"] as const;
export type SubmissionsCommand = (typeof commands)[number];

export const usage = `Usage: dnn-lab <command> [options]          (docs/submissions.md)

For teachers:
  author <source.ipynb>              writes template, solution and rubric; proves that the solution earns all points, the template few
    --out <folder>                   default: the source's folder
    --roster <list.csv>              a template for each of the class, where students have values of their own
    --no-sandbox
  grade <source.ipynb> <submissions> grades a folder's files, or named files; writes results, feedback, marks and a summary
    --results <folder>               default results/grading
    --workers <n>                    at a time (default 1)
    --queue <local | redis>          default: redis for more than eight submissions, where there is a server
    --redis <url | socket>           a server that is there, instead of one of our own
    --priority <n>                   1 is first (a late student), default 1000; with --redis and workers elsewhere
    --attempts <n>                   for a job that fails for another reason than its submission (default 3)
    --roster <list.csv>              who is in the class: id, name, email, group, extension (2d, or a date)
    --due <time> --zone <zone>       2026-12-01 is the whole day; default zone: this machine's
    --grace <15m>                    what costs nothing after the due time
    --penalty <2 | 10%>              what each day begun costs: points, or a share of all points
    --penalty-limit <5 | 50%>        what lateness costs at most
    --latest <7d>                    what comes later after the due time earns nothing
    --keep <last | best>             which of several attempts counts (default last); best grades all of them
    --release <time>                 from when students see everything: before the due time visible tests only, until then no marks by people
    --force                          grades again what has a result; that is kept in the student's history
    --student <name>                 only this one; may be repeated
    --serve [--port <n>] [--anonymous]   no grading: a page on this machine on which people mark what was graded
    --no-sandbox
  worker --redis <url | socket>      takes jobs from a queue, on any machine that sees the same files
    --folder <folder>                touches nothing outside of it; may be repeated (default: the present folder)
    --no-sandbox
    --idle <seconds>                 end when no job has come for this long
    --quiet
  similar <source.ipynb> <submissions> [--out <file.html>]   which submissions are alike

For students:
  check <my.ipynb>                   runs it from a fresh kernel, and says what is missing
  submit <my.ipynb>                  the same, and makes the file to hand in
    --with <file>                    a further file that the notebook needs; may be repeated
    --student <name>                 default: the login name
    --out <folder>                   default: the notebook's

  --help, -h                         this text

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
  readonly zone: string;
  readonly graceMs: number;
  readonly penalty: Amount;
  readonly penaltyLimit?: Amount;
  readonly latestMs?: number;
  readonly serve: boolean;
  readonly port: number;
  readonly anonymous: boolean;
  readonly keep: "last" | "best";
  readonly release?: string;
  readonly roster?: string;
  readonly sandbox: boolean;
  readonly idle?: number;
  readonly quiet: boolean;
  readonly with: readonly string[];
  readonly student?: string;
  readonly force: boolean;
  /** Of `grade`: only these; empty is all. */
  readonly students: readonly string[];
  /** Of `worker`: what it may touch. */
  readonly folders: readonly string[];
}

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;
const known: Readonly<Record<SubmissionsCommand, NonNullable<ParseArgsConfig["options"]>>> = {
  author: { out: text, roster: text, "no-sandbox": flag },
  check: { with: texts },
  submit: { with: texts, student: text, out: text },
  grade: {
    ...{
      results: text,
      workers: text,
      queue: text,
      redis: text,
      priority: text,
      attempts: text,
      due: text,
      ...{ zone: text, grace: text, penalty: text, "penalty-limit": text, latest: text, roster: text },
      ...{ keep: text, release: text },
      student: texts,
    },
    ...{ force: flag, serve: flag, port: text, anonymous: flag, "no-sandbox": flag },
  },
  worker: { redis: text, idle: text, quiet: flag, folder: texts, "no-sandbox": flag },
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

const serving = [1, 1, "with --serve the assignment's source alone; what was graded is in --results"] as const;

/** Undefined when only the help was asked for. Throws a `TypeError` or `RangeError` for wrong usage. */
export function parseSubmissionsOptions([name, ...args]: readonly string[]): SubmissionsOptions | undefined {
  if (name === undefined || [name, ...args].some((each) => each === "--help" || each === "-h")) return undefined;
  const command = checkOneOf("dnn-lab", "the command", name, commands);
  const { values, positionals } = parseArgs({ args, options: known[command], allowPositionals: true });
  const [least, most, what] = values.serve === true ? serving : paths[command];
  if (positionals.length < least || positionals.length > most) throw new TypeError(`dnn-lab ${command} needs ${what}`);
  const given = values as Record<string, string | boolean | string[] | undefined>;
  const one = (key: string) => given[key] as string | undefined;
  const many = (key: string) => [given[key] ?? []].flat() as string[];
  const number = (key: string, rule: Parameters<typeof checkNumber>[3]) =>
    one(key) === undefined ? undefined : checkNumber(`dnn-lab ${command}`, `--${key}`, Number(one(key)), rule);
  if (command === "worker" && !one("redis")) throw new TypeError("dnn-lab worker needs --redis <url | socket>");
  const zone = one("zone") ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (one("due") !== undefined) dueTime(one("due")!, zone);
  if (one("release") !== undefined) dueTime(one("release")!, zone);
  const read = <T>(key: string, parse: (text: string) => T | undefined, such: string): T | undefined => {
    const text = one(key);
    const value = text === undefined ? undefined : parse(text);
    if (text !== undefined && value === undefined)
      throw new TypeError(`--${key} must be such as ${such}, received '${text}'`);
    return value;
  };
  const [length, points] = ["15m, 2h or 1d", "2 (points) or 10%"];
  for (const key of ["penalty", "grace", "latest"])
    if (one(key) !== undefined && one("due") === undefined) throw new TypeError(`--${key} needs --due <time>`);
  return {
    ...{
      command,
      paths: positionals,
      out: one("out"),
      redis: one("redis"),
      due: one("due"),
      student: many("student")[0],
    },
    ...{ zone, graceMs: read("grace", duration, length) ?? 0, latestMs: read("latest", duration, length) },
    ...{ penalty: read("penalty", amount, points) ?? 0, penaltyLimit: read("penalty-limit", amount, points) },
    ...{ roster: one("roster"), release: one("release") },
    ...{ serve: given.serve === true, anonymous: given.anonymous === true },
    port: number("port", { min: 0, max: 65_535, integer: true }) ?? 0,
    keep: one("keep") === undefined ? "last" : checkOneOf("dnn-lab grade", "--keep", one("keep"), ["last", "best"]),
    results: one("results") ?? "results/grading",
    workers: number("workers", { min: 1, integer: true }) ?? 1,
    queue:
      one("queue") === undefined
        ? undefined
        : checkOneOf("dnn-lab grade", "--queue", one("queue"), ["local", "redis"] as const),
    priority: number("priority", { min: 1, integer: true }),
    attempts: number("attempts", { min: 1, integer: true }) ?? 3,
    idle: number("idle", { min: 1 }),
    sandbox: given["no-sandbox"] !== true,
    quiet: given.quiet === true,
    force: given.force === true,
    with: many("with"),
    students: command === "grade" ? many("student") : [],
    folders: many("folder").length ? many("folder") : [process.cwd()],
  };
}
