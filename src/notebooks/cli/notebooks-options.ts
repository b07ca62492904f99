/** Options of `dnn-lab-notebooks`. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { checkOneOf, guess, list } from "dnn-lab-core/check";
import { parseParameter } from "../notebook/parameters";
import type { Against } from "../results/references";

export const commands = ["run", "check", "accept", "clean", "diff", "report", "verify"] as const;
export type NotebooksCommand = (typeof commands)[number];

export const usage = `Usage: dnn-lab-notebooks <command> [options] [paths]      (in a clone: npm run notebooks -- <command> …)

Paths are notebooks, or folders, which are searched for them (default: the working folder).

Commands:
  run       execute, and write the executed notebooks to the results folder
  check     execute, and compare with the stored references
  accept    execute, show what differs from the reference, and store this run's outputs as the new one
  clean     take outputs, execution counts and passing metadata out of notebooks, for commits
  diff a b  what differs between two notebooks: sources (nbdime), and outputs as check compares them
  report    show the stored results again, or write them as --html, --junit, --github
  verify    whether stored results belong to the present sources, data and versions

Options of run, check, accept:
  --parallel <n>, --jobs <n>      notebooks that run at a time (default 1)
  --only <cell | section>         this cell (its number) or section (its heading); what stands before is executed too
  --param <name=value>            value of a parameter, a TypeScript literal; may be repeated
  --profile <quick | full | …>    a profile of the notebooks' metadata (default full: as they are)
  --engine <native | wasm | cpu>  sets DNN_LAB_ENGINE
  --kernel <name>                 in place of the kernel that a notebook names
  --timeout <s>                   for a cell (default 600), --timeout-notebook <s> (3600), --timeout-batch <s> (none),
                                  --timeout-start <s> for the start of a kernel (60)
  --exclude <path | pattern>      passes over notebooks: a path, a folder, or with * and **; may be repeated
  --shard <i/n>                   the i-th of n equal parts of the notebooks
  --retries <n>                   execute a notebook that does not pass up to n times more; one that passes then is reported as flaky
  --fail-fast                     begin no other notebook after one that does not pass
  --in-place                      (run) also put the outputs into the notebooks themselves, of those that ran to their end
  --against <references | outputs>  (check) compare with the stored references (default), or with the outputs in the notebooks
  --no-cache                      execute although nothing has changed
  --update                        (check) store what differs as the new reference, as accept does
  --seeds <n>                     (accept) keep the outputs of n seeds, for the rule seeds=…
  --dry-run                       (accept) show, store nothing
Options of clean:
  --check                         change nothing; end with 3 when something would be changed
  --keep-outputs                  keep outputs and execution counts
Options of all that give results:
  --results <folder>              default results/notebooks
  --json [file], --junit <file>, --html <file>, --github
  --help

Exit codes: 0 all is well · 1 a notebook does not run to its end · 2 wrong usage · 3 something is not as in the
reference · 4 nothing to trust: no (or an edited) reference, no cells, no checks, a rule that cannot be read · 130 interrupted.
Of several the first of 130, 1, 3, 4 counts.`;

export interface NotebooksOptions {
  /** Undefined when only the help was asked for. */
  readonly command: NotebooksCommand | undefined;
  readonly paths: readonly string[];
  readonly parallel: number;
  readonly only?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly engine?: string;
  readonly kernel?: string;
  readonly cellTimeoutSeconds: number;
  readonly timeoutSeconds: number;
  readonly batchTimeoutSeconds?: number;
  readonly startupTimeoutSeconds: number;
  readonly failFast: boolean;
  /** Patterns of notebooks that are skipped. */
  readonly exclude: readonly string[];
  /** Which of how many parts, from 1. */
  readonly shard?: { readonly part: number; readonly of: number };
  readonly retries: number;
  readonly useCache: boolean;
  readonly inPlace: boolean;
  readonly against: Against;
  readonly update: boolean;
  readonly seeds: number;
  readonly dryRun: boolean;
  readonly checkOnly: boolean;
  readonly keepOutputs: boolean;
  readonly results: string;
  /** A file, or `-` for standard output. */
  readonly json?: string;
  readonly junit?: string;
  readonly html?: string;
  readonly github: boolean;
}

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const running = {
  ...{
    parallel: text,
    jobs: text,
    only: text,
    param: { type: "string", multiple: true } as const,
    profile: text,
    engine: text,
  },
  ...{ kernel: text, timeout: text, "timeout-notebook": text, "timeout-batch": text, "timeout-start": text },
  ...{
    "fail-fast": flag,
    "no-cache": flag,
    exclude: { type: "string", multiple: true } as const,
    shard: text,
    retries: text,
  },
};
const showing = { results: text, json: text, junit: text, html: text, github: flag };

/** The options of each command. Any other option is wrong usage, so that no option is silently ignored. */
const optionsOf: Readonly<Record<NotebooksCommand, NonNullable<ParseArgsConfig["options"]>>> = {
  run: { ...running, ...showing, "in-place": flag },
  check: { ...running, ...showing, update: flag, against: text },
  accept: { ...running, ...showing, seeds: text, "dry-run": flag },
  clean: { check: flag, "keep-outputs": flag },
  diff: { json: text },
  report: showing,
  verify: { results: text, json: text },
};

/** `--json` alone means standard output. */
function withJsonPlace(args: readonly string[]): string[] {
  return args.flatMap((arg, i) => {
    const next = args[i + 1];
    return arg === "--json" && (next === undefined || next.startsWith("-") || !next.endsWith(".json"))
      ? ["--json=-"]
      : [arg];
  });
}

/** Reads the command line. Throws a `TypeError` that says what is wrong with it. */
export function parseNotebooksOptions(args: readonly string[]): NotebooksOptions {
  if (args.length === 0 || args.includes("--help") || args.includes("-h")) return read(undefined, [], {});
  const [name, ...rest] = args;
  const command = commands.find((each) => each === name);
  if (command === undefined)
    throw new TypeError(`notebooks: there is no command '${name}', only ${list(commands)}.${guess(name, commands)}`);
  const { values, positionals } = parseArgs({
    args: withJsonPlace(rest),
    options: optionsOf[command],
    allowPositionals: true,
    strict: true,
  });
  if (command === "diff" && positionals.length !== 2)
    throw new TypeError(`notebooks diff: name two notebooks, received ${positionals.length}`);
  if (command === "report" && positionals.length > 0)
    throw new TypeError("notebooks report: it takes no paths; --results names the folder");
  return read(command, positionals, values as Values);
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

function read(command: NotebooksCommand | undefined, paths: readonly string[], values: Values): NotebooksOptions {
  const given = (name: string) => values[name] as string | undefined;
  const seconds = (name: string) => positive(name, given(name));
  const texts = {
    only: given("only"),
    profile: given("profile"),
    kernel: given("kernel"),
    json: given("json"),
    junit: given("junit"),
    html: given("html"),
  };
  for (const [name, value] of Object.entries(texts))
    if (value === "") throw new TypeError(`notebooks: --${name} needs a value`);
  return {
    ...{ command, paths, ...texts },
    parallel: count("parallel", given("parallel") ?? given("jobs")) ?? 1,
    parameters: Object.fromEntries(
      ((values.param as string[] | undefined) ?? [])
        .map((each) => parseParameter(each))
        .map(({ name, value }) => [name, value]),
    ),
    engine:
      given("engine") === undefined
        ? undefined
        : checkOneOf("notebooks", "--engine", given("engine"), ["native", "wasm", "cpu"]),
    cellTimeoutSeconds: seconds("timeout") ?? 600,
    timeoutSeconds: seconds("timeout-notebook") ?? 3600,
    batchTimeoutSeconds: seconds("timeout-batch"),
    startupTimeoutSeconds: seconds("timeout-start") ?? 60,
    failFast: Boolean(values["fail-fast"]),
    exclude: (values.exclude as string[] | undefined) ?? [],
    shard: shardOf(given("shard")),
    retries: given("retries") === "0" ? 0 : (count("retries", given("retries")) ?? 0),
    useCache: !values["no-cache"],
    inPlace: inPlace(values),
    against: against(given("against"), values),
    update: Boolean(values.update),
    seeds: count("seeds", given("seeds")) ?? 1,
    dryRun: Boolean(values["dry-run"]),
    checkOnly: Boolean(values.check),
    keepOutputs: Boolean(values["keep-outputs"]),
    results: given("results") ?? "results/notebooks",
    github: Boolean(values.github),
  };
}

/** Outputs of other values, or of a part, are not those of the notebook as it stands. */
function inPlace(values: Values): boolean {
  const other = ["param", "profile", "only"].find((name) => values[name] !== undefined);
  if (values["in-place"] && other)
    throw new TypeError(
      `notebooks run: --in-place keeps the outputs of the notebook as it is written; leave --${other} out, or --in-place`,
    );
  return Boolean(values["in-place"]);
}

function against(value: string | undefined, values: Values): Against {
  const wanted = checkOneOf("notebooks", "--against", value ?? "references", ["references", "outputs"] as const);
  if (wanted === "outputs" && values.update)
    throw new TypeError("notebooks check: with --against outputs, `notebooks run --in-place` stores what differs");
  return wanted;
}

function shardOf(value: string | undefined): NotebooksOptions["shard"] {
  if (value === undefined) return undefined;
  const [, part, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(value) ?? [];
  if (of !== undefined && Number(part) <= Number(of)) return { part: Number(part), of: Number(of) };
  throw new TypeError(`notebooks: --shard must read i/n with i from 1 to n, such as 1/4, received '${value}'`);
}

function positive(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (Number(value) > 0 && Number.isFinite(Number(value))) return Number(value);
  throw new TypeError(`notebooks: --${name} must be a number of seconds greater than 0, received '${value}'`);
}

function count(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new TypeError(`notebooks: --${name} must be an integer from 1 to 9999, received '${value}'`);
}
