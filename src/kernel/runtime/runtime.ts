import { types } from "node:util";
import {
  Atomics,
  Map,
  Object,
  Promise,
  Reflect,
  Set,
  URL,
  process,
  realm,
  setImmediate,
  setTimeout,
} from "../intrinsics";
import { type Done, type ErrorContent, type Program, type ToMain } from "../protocol/bridge";
import { jsonText } from "../protocol/json-text";
import { adopted } from "./adopted";
import { createCell, currentCell, runInCell, type CellContext } from "./cells";
import { CellEnds } from "./cell-ends";
import { Comms } from "./comms";
import { DisplayApi } from "./display/display-api";
import { toBundle } from "./display/bundle";
import { dataText } from "./display/bundle-content";
import { installDisplayHook } from "./display/hook";
import { inspectText } from "./display/inspect-text";
import { tslabModule } from "./display/tslab";
import { describeError, describeInterrupt, type TracebackStyle } from "./describe-error";
import { Evaluator, type Evaluation } from "./evaluator";
import { guardExit } from "./exit";
import { installGlobals } from "./install-globals";
import { waitForTimers } from "./headless";
import { createInput } from "./input";
import { installInterruptHandler } from "./interrupt-handler";
import { Importer } from "./modules/importer";
import { captureOutput, print } from "./output";
import type { Port } from "./port";
import { markEngine, repair, type EngineMark } from "./repair";
import { LastResults } from "./last-results";
import { runShell } from "./shell";
import { SourceTexts } from "./source-texts";
import type { Place } from "./place";
import { hideInternals } from "./hidden-symbols";
import { keepNodesStack } from "./node-stack";
import { prepareStacks } from "./stack/prepare-stacks";
import { installStdin } from "./input-stream";
import { KeyboardInterrupt, stopTimers, trackTimers } from "./timers";
import { evaluateTimed, timeRepeatedly } from "./timing";

type Execute = Extract<ToMain, { type: "execute" }>;

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Characters of a value that are shown beside its documentation. */
const PEEK_CHARS = 2_000;

interface Running {
  readonly cell: CellContext;
  readonly mark: EngineMark;
  stop?: () => void;
}

/** The main thread's half of the kernel: runs cells and reports what they do. */
export class Runtime {
  private readonly sources = new SourceTexts();
  private readonly evaluator = new Evaluator();
  private readonly display: DisplayApi;
  private readonly comms: Comms;
  private readonly ends = new CellEnds();
  private readonly leave: (code: number) => never;
  private readonly recover: () => void;
  private readonly names = new Set<string>();
  private readonly results = new LastResults();
  private running: Running | undefined;
  private style: TracebackStyle = {};

  constructor(private readonly port: Port) {
    prepareStacks(this.sources);
    hideInternals();
    keepNodesStack();
    trackTimers();
    captureOutput(port);
    this.recover = installInterruptHandler(() => this.evaluator.inKernel);
    this.leave = guardExit(port);
    this.display = new DisplayApi(port);
    this.comms = new Comms(port);
    installDisplayHook(this.display);
    this.ends.install();
    const provided = new Map([["tslab", tslabModule(this.display)]]);
    const importer = new Importer(process.cwd(), this.sources, provided);
    const input = createInput(port);
    installStdin(input.input, (error) => this.finish(currentCell(), { error: this.describe(error) }));
    installGlobals({ display: this.display, input, comms: this.comms, importer });
    process.on("uncaughtException", (error) => this.uncaught(error));
    process.on("unhandledRejection", (reason) => this.uncaught(reason));
  }

  /** Does what the protocol worker asks. */
  handle(message: ToMain): void {
    // What a front end sends over a comm is the program's, and stays of its realm.
    const work = message.type === "comm" ? message : adopted(message);
    this.recover();
    try {
      this.do(work);
    } catch (error) {
      // A cell has changed what Node itself works with: whoever waits hears of it.
      this.finish(currentCell(), { error: this.describe(error) });
    }
  }

  private do(work: ToMain): void {
    switch (work.type) {
      case "execute":
        return this.execute(work);
      case "sh":
        return this.shell(work.cell, work.script);
      case "forget":
        return void this.forget(work.cell, work.names);
      case "settle":
        return this.settle(work.cell);
      case "traceback":
        this.style = { full: work.full };
        return;
      case "peek":
        return work.whole ? void this.showValue(work.id, work.expression) : this.peek(work.id, work.expression);
      case "comm":
        return this.comm(work.event);
      case "nudge":
        return;
      case "shutdown":
        return this.leave(0);
    }
  }

  private execute(work: Execute): void {
    const { program } = work;
    const cell = createCell(work.cell, program.name, work.allowStdin, work.cellId);
    this.sources.add(program);
    if (!work.silent) this.results.begin(work.count, program.source);
    for (const name of work.declared) this.names.add(name);
    this.running = { cell, mark: markEngine() };
    this.ends.begin(work.cellId);
    runInCell(cell, () => void this.run(work, cell));
  }

  /** Runs a cell to its end, also when it throws or calls `process.exit`. */
  private async run(work: Execute, cell: CellContext): Promise<void> {
    try {
      await this.conclude(work, cell, await this.evaluate(work));
    } catch (failure) {
      this.finish(cell, { error: this.describe(failure) });
    }
  }

  private evaluate({ program, timing }: Execute): Promise<Evaluation> {
    const show = (line: string): void => print("stdout", `${line}\n`);
    if (timing === "time") return evaluateTimed(this.evaluator, program, show);
    if (timing === "timeit") return timeRepeatedly(this.evaluator, program, show);
    return this.evaluator.evaluate(program);
  }

  /** Shows the result, waits for what belongs to the cell, and reports its end. */
  private async conclude(work: Execute, cell: CellContext, evaluation: Evaluation): Promise<void> {
    // Native code, such as `spawnSync`, may return to a cell that was to be stopped, which then ends by itself.
    if (evaluation.kind === "terminated" || (evaluation.kind === "value" && cell.interrupted))
      return this.finish(cell, { error: this.interrupted(cell) });
    if (evaluation.kind === "thrown") return this.finish(cell, { error: this.thrown(cell, evaluation) });
    if (evaluation.value !== undefined && !work.silent) this.results.add(work.count, evaluation.value);
    const result = evaluation.value === undefined ? undefined : await this.showResult(work, cell, evaluation.value);
    const expressions = await this.evaluateExpressions(work.expressions);
    while (cell.pending.size > 0) await Promise.all(cell.pending);
    // Rejections that nobody handles are known one turn later.
    await new Promise((resolve) => setImmediate(resolve));
    if (!cell.allowStdin) await waitForTimers(cell, sleep);
    this.finish(cell, { expressions, ...(result === undefined ? {} : { result }) });
  }

  /** A child process that the interrupt has stopped throws an error of its own. */
  private thrown(cell: CellContext, { error, place }: Extract<Evaluation, { kind: "thrown" }>): ErrorContent {
    const stopped =
      Atomics.load(this.port.interrupt, 0) !== 0 && (error as { signal?: unknown } | null)?.signal === "SIGINT";
    return stopped ? this.interrupted(cell) : this.describe(error, place);
  }

  private describe(thrown: unknown, place?: Place): ErrorContent {
    return describeError(thrown, this.sources, { ...this.style, ...(place && { place }) });
  }

  private async showResult(work: Execute, cell: CellContext, value: unknown): Promise<string | undefined> {
    const bundle = await toBundle(value);
    if (cell.interrupted) return undefined;
    this.display.publishResult(bundle, work.count, cell);
    const text = bundle.data["text/plain"];
    return typeof text === "string" ? text : undefined;
  }

  private async evaluateExpressions(expressions: Execute["expressions"]): Promise<Done["expressions"]> {
    const results: Record<string, string> = {};
    for (const [key, expression] of Object.entries(expressions)) {
      results[key] = await this.evaluateExpression(expression);
    }
    return results;
  }

  /** The JSON text of what an expression gave; one that fails costs no other. */
  private async evaluateExpression(expression: Program | ErrorContent): Promise<string> {
    try {
      if (!("code" in expression)) return failed(expression);
      this.sources.add(expression);
      const evaluation = await this.evaluator.evaluate(expression);
      if (evaluation.kind === "terminated") return failed(this.interrupted(currentCell()));
      if (evaluation.kind === "thrown") return failed(this.describe(evaluation.error));
      const { data } = await toBundle(evaluation.value);
      return `{"status":"ok","data":${dataText(data)},"metadata":{}}`;
    } catch (error) {
      return failed(this.describe(error));
    }
  }

  /** Reports the end of a cell, once. */
  private finish(cell: CellContext, end: Partial<Done>): void {
    if (this.running?.cell !== cell) return;
    this.running = undefined;
    cell.ended = true;
    const uncaught =
      end.error === undefined && cell.uncaught !== undefined ? { error: cell.uncaught, errorShown: true } : {};
    this.port.post({ type: "done", cell: cell.id, expressions: {}, ...end, ...uncaught });
  }

  /** The worker says that the cell is over: interrupted, with or without JavaScript that was terminated. */
  private settle(id: string): void {
    const running = this.running;
    if (running?.cell.id !== id) {
      const error = describeInterrupt(undefined, "", this.sources);
      return this.port.post({ type: "done", cell: id, error, expressions: {} });
    }
    running.stop?.();
    this.finish(running.cell, { error: this.interrupted(running.cell) });
  }

  private interrupted(cell: CellContext): ErrorContent {
    cell.interrupted = true;
    // Libraries that were terminated could not say that they listen no longer.
    Atomics.store(this.port.interrupt, 1, 0);
    stopTimers(cell);
    const mark = this.running?.mark;
    const done = mark === undefined ? [] : repair(mark, this.evaluator.objects(this.names));
    if (done.length > 0) print("stderr", `After the interrupt: ${done.join(", ")}.\n`);
    return describeInterrupt(cell.stoppedAt, cell.name, this.sources);
  }

  private shell(id: string, script: string): void {
    const cell = createCell(id, "sh", false);
    const running: Running = { cell, mark: markEngine() };
    this.running = running;
    runInCell(cell, () => {
      const { ended, interrupt } = runShell(script);
      running.stop = interrupt;
      void this.endShell(cell, ended);
    });
  }

  private async endShell(cell: CellContext, ended: Promise<number>): Promise<void> {
    try {
      const code = await ended;
      this.finish(cell, code === 0 ? {} : { error: shellError(`the script ended with exit code ${code}`) });
    } catch (failure) {
      this.finish(cell, { error: shellError((failure as Error).message) });
    }
  }

  /** `%reset`: names of cells cannot be undeclared, so they are deleted where possible and emptied elsewhere. */
  private async forget(id: string, names: readonly string[]): Promise<void> {
    const cell = createCell(id, "reset", false);
    this.running = { cell, mark: markEngine() };
    for (const name of names) {
      if (Reflect.deleteProperty(realm, name) && this.evaluator.peek(name) === undefined) continue;
      const emptied = await this.evaluator.evaluate({ name: "reset", code: `let ${name}; undefined` });
      if (emptied.kind === "thrown") await this.evaluator.evaluate({ name: "reset", code: `${name} = undefined` });
    }
    this.names.clear();
    this.finish(cell, {});
  }

  private peek(id: number, expression: string): void {
    const found = this.evaluator.peek(
      `(value => typeof value === "string" ? value.slice(0, ${PEEK_CHARS + 1}) : value)(${expression})`,
    );
    this.port.post({ type: "peeked", id, ...(found === undefined ? {} : { text: peekText(found.value) }) });
  }

  /** All representations of a value, for a panel of the front end. */
  private async showValue(id: number, expression: string): Promise<void> {
    const found = this.evaluator.peek(expression);
    const text = found && (await this.bundleText(found.value).catch(() => undefined));
    this.port.post({ type: "peeked", id, ...(text === undefined ? {} : { text }) });
  }

  private async bundleText(value: unknown): Promise<string> {
    return dataText((await toBundle(value)).data);
  }

  private comm(event: Extract<ToMain, { type: "comm" }>["event"]): void {
    const cell = createCell(event.cell, "comm", false);
    runInCell(cell, () => void this.receive(event));
  }

  private async receive(event: Extract<ToMain, { type: "comm" }>["event"]): Promise<void> {
    try {
      await this.comms.receive(event);
    } catch (failure) {
      this.uncaught(failure);
    }
    this.port.post({ type: "comm-handled", cell: event.cell });
  }

  /** An error that nobody caught: shown in its cell, and remembered while the cell runs. The kernel lives on. */
  private uncaught(thrown: unknown): void {
    const cell = currentCell();
    const stopped = thrown instanceof KeyboardInterrupt || (thrown as Error | null)?.name === "AbortError";
    if (cell.interrupted && stopped) return;
    const error = this.describe(thrown);
    if (!cell.ended) cell.uncaught ??= error;
    this.port.post({ type: "error", cell: cell.id, error });
  }
}

function failed(error: ErrorContent): string {
  return jsonText({ status: "error", ...error });
}

function shellError(message: string): ErrorContent {
  return { ename: "ShellError", evalue: message, traceback: [`ShellError: ${message}`] };
}

/** Nobody has asked for code of the program's to run, which may take long, or never end. */
function peekText(value: unknown): string {
  const text = inspectText(value, { customInspect: !types.isProxy(value) && value instanceof URL });
  return text.length > PEEK_CHARS ? `${text.slice(0, PEEK_CHARS)}…` : text;
}
