/** Judges an executed notebook: each cell against the reference, and all that must not pass in silence. */
import type { CellEvent, DoneEvent, ErrorEvent, LateEvent, NotebookEvent } from "../run/events";
import { codeCells, sourceHash, type CodeCell, type Notebook } from "../notebook/notebook-file";
import { pairCells, type Reference, type ReferenceCell } from "../results/references";
import type { CellResult, CellStatus, Problem } from "../results/results";
import { different, same, type Comparison } from "../check/difference";
import { compareOutputs } from "../check/outputs";
import { checksSomething, noRules, RuleError, rulesOf, type CellRules } from "../check/rules";

/** What happened, by the cell's number. */
export interface Happened {
  readonly begun: ReadonlyMap<number, CellEvent>;
  readonly done: ReadonlyMap<number, DoneEvent>;
  readonly late: readonly LateEvent[];
  readonly failure: ErrorEvent | undefined;
}

export function happenedIn(events: readonly NotebookEvent[]): Happened {
  const of = <Name extends NotebookEvent["event"]>(name: Name) =>
    events.filter((event): event is Extract<NotebookEvent, { event: Name }> => event.event === name);
  return {
    begun: new Map(of("cell").map((event) => [event.cell, event])),
    done: new Map(of("done").map((event) => [event.cell, event])),
    late: of("late"),
    failure: of("error").at(-1),
  };
}

export interface JudgedCells {
  readonly cells: readonly CellResult[];
  readonly problems: readonly Problem[];
}

export interface JudgeOptions {
  /** The notebook with the outputs of this run. */
  readonly executed: Notebook;
  readonly happened: Happened;
  /** What to compare with; undefined when nothing is compared. */
  readonly reference?: Reference;
  /** Line of each cell of the notebook in its file. */
  readonly lines: readonly number[];
  /** Whether a cell was asked for (`--only`). */
  readonly wanted?: (cell: CodeCell) => boolean;
  /** Rules for all cells: the notebook's, the project's. */
  readonly general?: readonly string[];
}

const SKIP_TAG = "skip-execution";
/** For the first few cells the report says what was taken out as noise. */
const MOST_NOISE = 20;

/** The rules of each cell, and what is wrong with them. */
export function readRules(
  cells: readonly CodeCell[],
  lineOf: (cell: CodeCell, inCell: number) => number,
  general: readonly string[] = [],
): { rules: CellRules[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const rules = cells.map((cell) => {
    try {
      return rulesOf(cell, general);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      problems.push({ kind: "bad-rule", cell: cell.cell, line: lineOf(cell, error.line), message: error.message });
      return noRules;
    }
  });
  return { rules, problems };
}

/** Judges every cell. */
export function judgeCells(options: JudgeOptions): JudgedCells {
  const { executed, happened, reference, lines, wanted = () => true, general } = options;
  const cells = codeCells(executed);
  const lineOf = (cell: CodeCell, inCell = 0) => (lines[cell.index] ?? 1) + Math.max(0, inCell - 1);
  const { rules, problems: bad } = readRules(cells, lineOf, general);
  const { pairs, removed } = reference ? pairCells(cells, reference.cells) : { pairs: [], removed: [] };
  const judged = cells.map((cell, i) =>
    judgeCell({
      cell,
      rules: rules[i],
      reference: pairs[i],
      compared: reference !== undefined,
      happened,
      line: lineOf(cell),
      wanted: wanted(cell),
    }),
  );
  const whole = happened.failure === undefined && judged.every(({ result }) => result.status !== "not run");
  return {
    cells: judged.map(({ result }) => result),
    problems: [
      ...bad,
      ...judged.flatMap(({ problems }) => problems),
      ...(whole ? removed.map((cell) => removedCell(cell)) : []),
      ...(cells.length === 0 ? [{ kind: "empty", message: "the notebook has no code cells" } as const] : []),
      ...nothingChecked(judged, rules, reference !== undefined && cells.length > 0 && happened.failure === undefined),
    ],
  };
}

function removedCell({ executionCount, line }: ReferenceCell): Problem {
  return { kind: "removed-cell", message: `the reference's In[${executionCount ?? " "}] is missing: ${line}` };
}

/** A check that looked at nothing would always pass. */
function nothingChecked(
  judged: readonly { result: CellResult }[],
  rules: readonly CellRules[],
  compared: boolean,
): Problem[] {
  const looked = judged.some(
    ({ result }) => result.status !== "ignored" && (result.outputs.length > 0 || (result.reference?.length ?? 0) > 0),
  );
  if (!compared || looked || rules.some(checksSomething)) return [];
  return [
    {
      kind: "nothing-checked",
      message:
        "no cell has an output to compare, or a // @check: the check would pass for every result of the notebook",
    },
  ];
}

interface Judging {
  readonly cell: CodeCell;
  readonly rules: CellRules;
  readonly reference: ReferenceCell | undefined;
  readonly compared: boolean;
  readonly happened: Happened;
  readonly line: number;
  readonly wanted: boolean;
}

function judgeCell(judging: Judging): { result: CellResult; problems: Problem[] } {
  const { cell, rules, reference, compared, happened, line, wanted } = judging;
  const done = happened.done.get(cell.cell);
  const problem = (kind: Problem["kind"], message: string): Problem => ({ kind, cell: cell.cell, line, message });
  const problems: Problem[] = [];
  let status = statusBefore(judging, done);
  let comparison: Comparison = same;
  if (status === "skipped" && rules.skip === undefined) {
    problems.push(
      problem("skipped-cell", `the cell is tagged '${SKIP_TAG}'; if that is meant, say why: // @check skip="…"`),
    );
  }
  if (rules.skip !== undefined && status !== "skipped" && happened.failure === undefined) {
    problems.push(problem("unused-rule", `it says skip="${rules.skip}", but the cell is not tagged '${SKIP_TAG}'`));
  }
  if (status === "not run" && happened.failure === undefined && wanted) {
    problems.push(problem("skipped-cell", "the cell was not executed, although nothing failed"));
  }
  if (done && cell.tags.includes("raises-exception") && !done.raised) {
    problems.push(problem("not-raised", "the cell is tagged 'raises-exception', but raised no exception"));
  }
  const late = happened.late.filter((each) => each.cell === cell.cell && each.kind !== "error");
  if (late.length > 0 && !rules.late)
    problems.push(
      problem("late-output", `it went on after its reply, and put out ${JSON.stringify(late[0].text.slice(0, 200))}`),
    );
  if (status === "executed" && compared && wanted) {
    if (reference) ({ status, comparison } = compareCell(judging, reference, problems));
    else {
      status = "changed";
      problems.push(problem("added-cell", "the reference does not have this cell: notebooks accept"));
    }
  }
  for (const { where, message } of comparison.differences) problems.push(problem("difference", `${where}: ${message}`));
  return {
    problems,
    result: {
      ...{ cell: cell.cell, index: cell.index, section: cell.section, line, source: cell.source, status },
      ...{ executionCount: cell.executionCount, seconds: done?.seconds ?? 0, differences: comparison.differences },
      ...{ numbers: comparison.numbers, edited: reference !== undefined && reference.hash !== sourceHash(cell.source) },
      noise: (comparison.noise ?? []).slice(0, MOST_NOISE),
      ...{ outputs: cell.outputs, reference: reference?.outputs },
    },
  };
}

/** What is known of a cell before it is compared. */
function statusBefore({ cell, happened: { failure } }: Judging, done: DoneEvent | undefined): CellStatus {
  if (cell.tags.includes(SKIP_TAG)) return "skipped";
  if (failure?.cell === cell.cell && failure.kind !== "interrupted") return "failed";
  return done ? "executed" : "not run";
}

function compareCell(
  { cell, rules, line }: Judging,
  reference: ReferenceCell,
  problems: Problem[],
): { status: CellStatus; comparison: Comparison } {
  const counts = [cell.executionCount, reference.executionCount].map((count) => `In[${count ?? " "}]`);
  if (counts[0] !== counts[1])
    problems.push({
      kind: "execution-counts",
      cell: cell.cell,
      line,
      message: `it is ${counts[0]}, ${counts[1]} in the reference`,
    });
  const changed = changedRules(rules, reference);
  if (changed !== undefined) problems.push({ kind: "changed-rule", cell: cell.cell, line, message: changed });
  if (rules.ignore !== undefined) return { status: "ignored", comparison: same };
  const comparison = compared(cell, rules, reference);
  const asBefore = comparison.differences.length === 0 && counts[0] === counts[1] && changed === undefined;
  return { status: asBefore ? "passed" : "changed", comparison };
}

/** What cannot be compared is a difference, and no end of the batch. */
function compared(cell: CodeCell, rules: CellRules, reference: ReferenceCell): Comparison {
  try {
    return compareOutputs(reference.outputs, cell.outputs, rules, reference.samples);
  } catch (error) {
    return different("outputs", "outputs", `they cannot be compared: ${(error as Error).message}`);
  }
}

/** Rules were part of what somebody accepted. */
function changedRules({ written }: CellRules, { rules }: ReferenceCell): string | undefined {
  if (rules === undefined || rules.join("\n") === written.join("\n")) return undefined;
  const said = (each: readonly string[]) => (each.length ? each.map((rule) => `'@check ${rule}'`).join(", ") : "none");
  const now = written.filter((rule) => !rules.includes(rule));
  const before = rules.filter((rule) => !written.includes(rule));
  return `its rules are not those of the accepted reference: now ${said(now)}, before ${said(before)}; notebooks accept stores them`;
}
