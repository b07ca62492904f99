import { delay } from "dnn-lab-core/delay";
import type { CellSource, CheckMode, CompiledCell } from "../language/language-api";
import { INTERRUPTED, type Done, type ErrorContent, type Program, type ToMain } from "./bridge";
import { formatDiagnostic, typeError } from "./code-frame";
import { readRequest, type ExecuteRequest } from "./execute-request";
import { helpPage, listOfMagics, listOfNames } from "./help";
import type { InputHistory } from "./input-history";
import type { Interruptible } from "./interrupter";
import { jsonText } from "./json-text";
import type { LanguageClient } from "./language-client";
import { planCell, type CellPlan } from "./cell-plan";
import type { RanCell, RanCells } from "./ran-cells";
import { firstLine, listOfStaleCells } from "./stale-cells";
import { StaleDesk } from "./stale-desk";
import { writeText } from "./write-file";
import type { Header, Json, Received } from "./message";
import type { Publisher } from "./publisher";

/** What the queue works with. */
export interface ExecutionQueueParts {
  readonly publisher: Publisher;
  readonly language: LanguageClient;
  /** Checks the cells that come while types are still being loaded, as far as it can; undefined later. */
  early(): LanguageClient | undefined;
  readonly history: InputHistory;
  postToMain(work: ToMain): void;
  reply(request: Received, type: string, content: Json | string, metadata?: Json): void;
  /** Takes in what native code has written so far. */
  drainNative(): void;
  /** The cells that ran, for a debugger. */
  readonly cells: RanCells;
  /** Does what has to be done before a cell runs. */
  beforeRun(cell: RanCell): Promise<void> | undefined;
}

interface Outcome {
  readonly error?: ErrorContent;
  readonly errorShown?: boolean;
  /** JSON texts. */
  readonly expressions?: Done["expressions"];
  readonly payload?: readonly Json[];
  readonly result?: string;
}

/** Long enough for requests that are on their way already to be received, and aborted, with the ones that wait. */
const ABORT_SETTLE_MS = 5;

/** Runs execute_requests one after the other. */
export class ExecutionQueue implements Interruptible {
  /** The cell on the main thread, if any. */
  running: string | undefined;
  /** The cell that ran last; native output without a cell of its own goes there. */
  lastCell = "";
  /** The header of the request being handled, if any. */
  active: Header | undefined;

  private readonly queue: ExecuteRequest[] = [];
  private working = false;
  private count = 0;
  private unnamed = 0;
  private check: CheckMode = "error";
  private full = false;
  private readonly declared = new Set<string>();
  /** What the names are called in the code that runs. */
  private readonly variables = new Set<string>();
  /** Ends a request that has not reached the main thread; undefined from then on. */
  private cancelWith: ((outcome: Outcome) => void) | undefined;
  private cancelled: string | undefined;
  private lateErrors: ErrorContent[] = [];
  private done: ((done: Done) => void) | undefined;
  private readonly waiting: (() => void)[] = [];
  private readonly stale: StaleDesk;

  constructor(private readonly parts: ExecutionQueueParts) {
    this.stale = new StaleDesk(parts);
  }

  /** The notebook's names, those of types included. */
  get names(): Iterable<string> {
    return this.declared;
  }

  /** Declares a variable of any type that no cell has declared; returns the code that does. */
  async declare(name: string): Promise<string> {
    const { language } = this.parts;
    const id = `debugger ${(this.unnamed += 1)}`;
    const compiled = await language.compile({ id, code: `let ${name}: any;`, check: "off" });
    await language.commit(id);
    this.declared.add(name);
    for (const variable of compiled.variables) this.variables.add(variable);
    return compiled.code;
  }

  /** Takes an execute_request; throws when it has no code. */
  enqueue(received: Received): void {
    const request = readRequest(received);
    this.queue.push(request);
    if (!this.working) void this.work();
  }

  /** Resolves when the running cell is over. */
  finished(): Promise<void> {
    if (this.running === undefined) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  cancel(): void {
    if (this.active === undefined || this.cancelWith === undefined) return;
    this.cancelled = this.active.msg_id;
    this.cancelWith({ error: INTERRUPTED });
  }

  nudge(): void {
    this.parts.postToMain({ type: "nudge" });
  }

  settle(cell: string): void {
    this.parts.postToMain({ type: "settle", cell });
  }

  /** The main thread reports the end of a cell. */
  onDone(done: Done): void {
    if (done.cell !== this.running) return;
    this.parts.drainNative();
    this.running = undefined;
    for (const resolve of this.waiting.splice(0)) resolve();
    this.done?.(done);
  }

  /** An error that nobody caught, of a cell that is already over: a headless run must not miss it. */
  onLateError(error: ErrorContent): void {
    this.lateErrors.push(error);
  }

  /** Ends the running cell because the process ends, and aborts all others. */
  endAll(error: ErrorContent | undefined): void {
    this.abortQueue();
    if (this.running === undefined) return;
    this.onDone({ type: "done", cell: this.running, expressions: {}, ...(error === undefined ? {} : { error }) });
  }

  /** Resolves when the request being handled has its reply, or after `limit` milliseconds. */
  async replied(limit: number): Promise<void> {
    for (const until = Date.now() + limit; this.active !== undefined && Date.now() < until;) await delay(2);
  }

  private async work(): Promise<void> {
    this.working = true;
    for (let request = this.queue.shift(); request !== undefined; request = this.queue.shift()) {
      try {
        await this.handle(request);
      } catch (error) {
        this.broken(request, error as Error);
      }
    }
    this.working = false;
  }

  /** Carries out one request; whatever happens, it gets a reply and the next one its turn. */
  private async handle(request: ExecuteRequest): Promise<void> {
    const { publisher } = this.parts;
    const header = request.received.header;
    this.active = header;
    this.lastCell = request.cell;
    publisher.adopt(header, { silent: request.silent });
    publisher.status("busy", header);
    const counted = request.storeHistory && request.code.trim() !== "";
    if (counted) this.count += 1;
    publisher.output(request.cell, "execute_input", { code: request.code, execution_count: this.count });
    if (counted) this.parts.history.add(this.count, request.code);
    const outcome = await this.outcome(request, counted);
    if (outcome.error !== undefined && !outcome.errorShown)
      publisher.output(request.cell, "error", { ...outcome.error });
    if (counted && outcome.result !== undefined) this.parts.history.setOutput(this.count, outcome.result);
    if (outcome.error !== undefined && request.stopOnError) await delay(ABORT_SETTLE_MS);
    const metadata = await this.stale.metadata(request);
    publisher.flush();
    this.parts.reply(request.received, "execute_reply", this.replyContent(outcome), metadata);
    publisher.status("idle", header);
    this.active = undefined;
    this.cancelWith = undefined;
    if (outcome.error !== undefined && request.stopOnError) this.abortQueue();
  }

  /** A fault of the kernel's own: the request is answered all the same. */
  private broken({ received }: ExecuteRequest, error: Error): void {
    const content = errorContent(error);
    this.active = undefined;
    this.cancelWith = undefined;
    this.parts.reply(received, "execute_reply", { status: "error", execution_count: this.count, ...content });
    this.parts.publisher.status("idle", received.header);
  }

  private replyContent(outcome: Outcome): Json | string {
    if (outcome.error !== undefined) return { status: "error", execution_count: this.count, ...outcome.error };
    const expressions = Object.entries(outcome.expressions ?? {}).map(([key, text]) => `${jsonText(key)}:${text}`);
    const payload = jsonText(outcome.payload ?? []);
    return `{"status":"ok","execution_count":${this.count},"payload":${payload},"user_expressions":{${expressions.join(",")}}}`;
  }

  /** Requests that waited when an earlier one failed. */
  private abortQueue(): void {
    for (const { received } of this.queue.splice(0)) {
      this.parts.publisher.status("busy", received.header);
      this.parts.reply(received, "execute_reply", { status: "aborted", execution_count: this.count });
      this.parts.publisher.status("idle", received.header);
    }
  }

  private async outcome(request: ExecuteRequest, counted: boolean): Promise<Outcome> {
    try {
      const late = this.lateErrors.splice(0)[0];
      if (late !== undefined && !request.allowStdin) return { error: fromEarlierCell(late) };
      const name = counted ? `In[${this.count}]` : `In[*${(this.unnamed += 1)}]`;
      const cancelled = new Promise<Outcome>((resolve) => (this.cancelWith = resolve));
      return await Promise.race([this.carryOut(this.plan(request.code), request, name), cancelled]);
    } catch (error) {
      return { error: errorContent(error as Error) };
    }
  }

  /** Names of the notebook are TypeScript's, in `!done` say. */
  private plan(code: string): CellPlan {
    return planCell(code, (name) => this.declared.has(name) || name in globalThis);
  }

  private async carryOut(plan: CellPlan, request: ExecuteRequest, name: string): Promise<Outcome> {
    const { publisher, language } = this.parts;
    switch (plan.kind) {
      case "code":
        return this.runCode(plan, request, name);
      case "sh":
        return this.onMain(request.cell, { type: "sh", cell: request.cell, script: plan.script });
      case "show":
        publisher.output(request.cell, "display_data", {
          data: { [plan.mime]: plan.text, "text/plain": plan.text },
          metadata: {},
          transient: {},
        });
        return {};
      case "check":
        if (plan.mode !== undefined) this.check = plan.mode;
        publisher.stream(request.cell, "stdout", `Type errors: ${this.check}\n`);
        return {};
      case "traceback":
        if (plan.full !== undefined) this.parts.postToMain({ type: "traceback", full: (this.full = plan.full) });
        publisher.stream(request.cell, "stdout", `Tracebacks: ${this.full ? "full" : "short"}\n`);
        return {};
      case "reset": {
        const names = [...this.variables];
        this.variables.clear();
        this.declared.clear();
        this.parts.cells.clear();
        await language.reset();
        return this.onMain(request.cell, { type: "forget", cell: request.cell, names });
      }
      case "help":
        return { payload: [{ source: "page", start: 0, data: await helpPage(plan.topic, language, plan.level) }] };
      case "who":
        publisher.stream(request.cell, "stdout", await listOfNames(this.declared, plan.types, language));
        return {};
      case "stale":
        return this.tellStale(plan.marks, request.cell);
      case "run-stale":
        return this.runStale(request, name);
      case "list":
        publisher.stream(request.cell, "stdout", listOfMagics());
        return {};
      case "write":
        publisher.stream(request.cell, "stdout", await writeText(plan));
        return {};
      case "refused":
        return { error: { ename: "MagicError", evalue: plan.message, traceback: [`MagicError: ${plan.message}`] } };
    }
  }

  private async tellStale(marks: boolean | undefined, cell: string): Promise<Outcome> {
    if (marks === true) await this.stale.start(cell);
    else if (marks === false) this.stale.stop();
    else this.parts.publisher.stream(cell, "stdout", listOfStaleCells(await this.stale.cells()));
    return {};
  }

  /** Runs stale cells again, in the order in which they ran; what they show appears here. The first that fails is the last. */
  private async runStale(request: ExecuteRequest, name: string): Promise<Outcome> {
    const stale = await this.stale.cells();
    if (stale.length === 0) this.parts.publisher.stream(request.cell, "stdout", listOfStaleCells(stale));
    for (const [at, { cell }] of stale.entries()) {
      const { code, cellId, program } = cell;
      this.parts.publisher.stream(request.cell, "stdout", `${program.name} again: ${firstLine(code)}\n`);
      const cancelled = new Promise<Outcome>((resolve) => (this.cancelWith = resolve));
      const again = this.carryOut(this.plan(code), { ...request, code, cellId }, `${name}.${at + 1}`);
      const { error, errorShown } = await Promise.race([again, cancelled]);
      if (error !== undefined) return { error, ...(errorShown === undefined ? {} : { errorShown }) };
    }
    return {};
  }

  private async runCode(plan: CellPlan & { kind: "code" }, request: ExecuteRequest, name: string): Promise<Outcome> {
    const check = plan.check ?? this.check;
    for (const note of plan.notes ?? []) this.parts.publisher.stream(request.cell, "stdout", `${note}\n`);
    const early = request.allowStdin ? this.parts.early() : undefined;
    const source: CellSource = { id: name, code: plan.code, check };
    const quick = await early?.compile(source);
    const compiled = quick === undefined || quick.unsure ? await this.parts.language.compile(source) : quick;
    if (this.cancelled === request.cell) return { error: INTERRUPTED };
    const errors = compiled.diagnostics.filter(({ category }) => category === "error");
    if (compiled.syntaxError || (check === "error" && errors.length > 0)) {
      return { error: typeError(name, plan.code, errors, compiled.syntaxError) };
    }
    for (const diagnostic of compiled.diagnostics) {
      this.parts.publisher.stream(request.cell, "stderr", `${formatDiagnostic(name, plan.code, diagnostic)}\n`);
    }
    void early?.commit(name).catch(() => undefined);
    if (compiled === quick) void this.checkLater(source, request.cell);
    else void this.parts.language.commit(name).catch(() => undefined);
    for (const declared of compiled.declared) this.declared.add(declared);
    for (const variable of compiled.variables) this.variables.add(variable);
    const ran = { code: request.code, cellId: request.cellId, program: program(name, plan.code, compiled) };
    this.parts.cells.add(ran);
    await this.parts.beforeRun(ran);
    const outcome = await this.onMain(request.cell, {
      type: "execute",
      cell: request.cell,
      cellId: request.cellId,
      count: this.count,
      declared: compiled.variables,
      program: ran.program,
      timing: plan.timing,
      silent: request.silent,
      allowStdin: request.allowStdin,
      expressions: await this.compileExpressions(name, request.expressions),
    });
    if (outcome.error !== undefined) void this.parts.language.failed(name).catch(() => undefined);
    return outcome;
  }

  /** Tells later cells of the names of a cell that was checked quickly, and what all types together still find. */
  private async checkLater(source: CellSource, cell: string): Promise<void> {
    const { language, publisher } = this.parts;
    try {
      const checking = language.compile(source);
      // At once, because the next cell may be compiled before this one is checked.
      void language.commit(source.id).catch(() => undefined);
      const { diagnostics } = await checking;
      for (const diagnostic of diagnostics) {
        publisher.stream(cell, "stderr", `${formatDiagnostic(source.id, source.code, diagnostic)}\n`);
      }
    } catch (error) {
      process.stderr.write(`dnn-lab kernel: ${(error as Error).message}\n`);
    }
  }

  private async compileExpressions(
    name: string,
    expressions: Readonly<Record<string, string>>,
  ): Promise<Record<string, Program | ErrorContent>> {
    const compiled: Record<string, Program | ErrorContent> = {};
    for (const [key, code] of Object.entries(expressions)) {
      const id = `${name}.${key}`;
      const cell = await this.parts.language.compile({ id, code: String(code), check: "off" });
      compiled[key] = cell.syntaxError
        ? typeError(id, String(code), cell.diagnostics, true)
        : program(id, String(code), cell);
    }
    return compiled;
  }

  private onMain(cell: string, work: ToMain): Promise<Outcome> {
    if (this.cancelled === cell) return Promise.resolve({ error: INTERRUPTED });
    this.cancelWith = undefined;
    this.running = cell;
    return new Promise((resolve) => {
      this.done = resolve;
      this.parts.postToMain(work);
    });
  }
}

function program(name: string, source: string, compiled: CompiledCell): Program {
  const map = compiled.sourceMap === undefined ? {} : { sourceMap: compiled.sourceMap };
  return { name, source, code: compiled.code, ...map };
}

function errorContent({ name, message }: Error): ErrorContent {
  return { ename: name, evalue: message, traceback: [`${name}: ${message}`] };
}

function fromEarlierCell(error: ErrorContent): ErrorContent {
  const note = "An earlier cell of this notebook failed after it had ended; this cell was not run.";
  return {
    ename: error.ename,
    evalue: `${error.evalue} (uncaught, in an earlier cell)`,
    traceback: [note, ...error.traceback],
  };
}
