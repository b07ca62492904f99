import type { LanguageClient } from "../language-client";
import type { Json } from "../message";
import type { RanCell, RanCells } from "../ran-cells";
import { Breakpoints } from "./breakpoints";
import { cellPath, PATH_PREFIX } from "./cell-path";
import { compileCell } from "./compile-cell";
import { DebugError, type SendEvent, type SourceBreakpoint, type Variable } from "./dap";
import { expressionAsRun } from "./expressions";
import { Handles } from "./handles";
import type { HitRule } from "./hit-rules";
import { notebookVariables } from "./notebook-names";
import { MainThread, type Paused, type RemoteObject } from "./remote";
import { localNames, scopesOf } from "./scopes";
import { blackboxPatterns, fileText, Scripts } from "./scripts";
import { Stop, type Frame } from "./stop";
import { valueText } from "./value-text";
import { OBJECT_GROUP, Variables, type Page } from "./variables";

/** What the debugger knows of the kernel. */
export interface DebuggerParts {
  readonly language: LanguageClient;
  readonly cells: RanCells;
  /** The notebook's names. */
  readonly names: Iterable<string>;
  readonly send: SendEvent;
  /** Text that a log point prints. */
  print(text: string): void;
  /** Makes a name known to later cells. */
  declare(name: string): Promise<string>;
}

type Resume = "Debugger.resume" | "Debugger.stepOver" | "Debugger.stepInto" | "Debugger.stepOut";

const NO_STOP = "the program is not stopped";

/** A session of the debugger: V8's inspector on one side, the Debug Adapter Protocol's notions on the other. */
export class Debugger {
  private readonly thread = new MainThread();
  private readonly handles = new Handles();
  private readonly variables = new Variables(this.thread, this.handles);
  private readonly scripts: Scripts;
  readonly breakpoints: Breakpoints;
  private readonly dumped = new Map<string, string>();
  private stop: Stop | undefined;
  /** What the user wants next: a step ends wherever V8 stops, if that is code of the user's. */
  private wish: "step" | "pause" | undefined;
  private filters: readonly string[] = [];
  private closed = false;

  constructor(
    private readonly parts: DebuggerParts,
    private readonly first: 0 | 1,
  ) {
    this.scripts = new Scripts(this.thread, (name) => parts.cells.get(name));
    this.breakpoints = new Breakpoints({
      thread: this.thread,
      scripts: this.scripts,
      language: parts.language,
      send: parts.send,
      cellOf: (path) => this.cellOf(path),
      firstLine: () => first,
    });
    this.thread.on<Paused>("Debugger.paused", (paused) => void this.paused(paused));
    this.thread.on("Debugger.resumed", () => this.resumed());
  }

  /** Whether the program stands still. */
  get isStopped(): boolean {
    return this.stop !== undefined;
  }

  async start(justMyCode: boolean): Promise<void> {
    await this.thread.post("Debugger.enable");
    await this.thread.post("Debugger.setBlackboxPatterns", { patterns: blackboxPatterns(justMyCode) });
  }

  /** Lets the program go on, and leaves it alone from now on. */
  close(): void {
    this.closed = true;
    this.thread.disconnect();
    if (this.stop !== undefined) this.resumed();
  }

  /** Lets a stopped program go on, because it is being terminated. */
  release(): void {
    if (this.stop === undefined) return;
    this.wish = undefined;
    void this.thread.post("Debugger.resume").catch(() => undefined);
  }

  /** Remembers the text of a cell, which may not have run yet; returns its path. */
  dump(code: string): string {
    const path = cellPath(code);
    this.dumped.set(path, code);
    return path;
  }

  /** The text behind a path. */
  sourceText(path: string): string {
    const text =
      this.dumped.get(path) ?? this.ran(path)?.code ?? (path.startsWith(PATH_PREFIX) ? undefined : fileText(path));
    if (text === undefined) throw new DebugError(`there is no source ${path}`);
    return text;
  }

  setBreakpoints(path: string, asked: readonly SourceBreakpoint[]): Promise<object[]> {
    return this.breakpoints.set(path, asked);
  }

  async setExceptionFilters(filters: readonly string[]): Promise<void> {
    this.filters = filters;
    // V8 takes for caught what a promise that the kernel looks at throws; `isWantedException` knows better.
    await this.thread.post("Debugger.setPauseOnExceptions", { state: filters.length > 0 ? "all" : "none" });
  }

  async resume(method: Resume): Promise<void> {
    this.stopped();
    this.wish = method === "Debugger.resume" ? undefined : "step";
    await this.thread.post(method);
  }

  async pause(): Promise<void> {
    if (this.stop !== undefined) return;
    this.wish = "pause";
    await this.thread.post("Debugger.pause");
  }

  stackTrace(start: number, levels: number): Json {
    const frames = this.stopped().stackFrames(this.first);
    return {
      stackFrames: levels > 0 ? frames.slice(start, start + levels) : frames.slice(start),
      totalFrames: frames.length,
    };
  }

  scopes(frameId: unknown): Json {
    return { scopes: scopesOf(this.stopped().frame(frameId), this.handles) };
  }

  async children(reference: number, page: Page): Promise<Variable[]> {
    const handle = this.handles.get(reference);
    if (handle.kind === "notebook") return this.notebook();
    if (handle.kind !== "scope") return this.variables.inside(handle, page);
    const { frame, number } = handle;
    const scope = frame.scopeChain[number];
    const own = scope === undefined ? [] : await this.variables.ofScope(scope.object);
    const isFunction = scope?.type === "local" && frame.this.type !== "undefined";
    return isFunction ? [await this.variables.variable("this", frame.this, "this"), ...own] : own;
  }

  /** The notebook's names, stopped or not. */
  notebook(): Promise<Variable[]> {
    return notebookVariables(this.thread, this.parts.language, this.parts.names, this.variables);
  }

  /** Evaluates TypeScript in a frame, or as a cell would. */
  async evaluate(expression: string, frameId: unknown): Promise<RemoteObject> {
    const frame = frameId === undefined ? undefined : this.stopped().frame(frameId);
    return frame === undefined ? this.evaluateGlobally(expression) : this.evaluateIn(frame, expression);
  }

  async evaluated(expression: string, frameId: unknown): Promise<Json> {
    const value = await this.evaluate(expression, frameId);
    const { value: result, ...variable } = await this.variables.variable("", value, expression);
    const { name: _name, ...rest } = variable;
    return { result, ...rest };
  }

  async setVariable(reference: number, name: string, expression: string): Promise<Json> {
    const handle = this.handles.get(reference);
    const frame =
      handle.kind === "scope" ? this.stop?.frames.find(({ of }) => of === handle.frame) : this.stop?.frames[0];
    const value =
      frame === undefined ? await this.evaluateGlobally(expression) : await this.evaluateIn(frame, expression);
    const argument = argumentOf(value);
    if (handle.kind === "scope") {
      const { number: scopeNumber, frame: of } = handle;
      const place = { scopeNumber, variableName: name, callFrameId: of.callFrameId };
      await this.thread.post("Debugger.setVariableValue", { ...place, newValue: argument });
    } else if (handle.kind === "notebook") {
      await this.assign(await expressionAsRun(this.parts.language, name), argument);
    } else {
      const owner = handle.kind === "getter" ? handle.owner : handle.remote;
      await this.thread.value("Runtime.callFunctionOn", {
        objectId: owner.objectId,
        functionDeclaration: 'function (name, value) { "use strict"; this[name] = value }',
        arguments: [{ value: name }, argument],
      });
    }
    const { value: text, ...variable } = await this.variables.variable(name, value);
    return { value: text, type: variable.type, variablesReference: variable.variablesReference };
  }

  /** Gives a value of a frame to the notebook, where it is called `to`. */
  async copyToGlobals(from: string, to: string, frameId: unknown): Promise<void> {
    if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(to)) throw new DebugError(`"${to}" is no name of a variable`);
    const value = await this.evaluateIn(this.stopped().frame(frameId), from);
    const code = await this.parts.declare(to);
    // V8 declares it at once, and answers only when the program goes on.
    void this.thread.post("Runtime.evaluate", { expression: code, replMode: true }).catch(() => undefined);
    await this.assign(await expressionAsRun(this.parts.language, to), argumentOf(value));
  }

  exception(): Json {
    const { reason, data } = this.stopped().paused;
    if (data === undefined) throw new DebugError(`the program was stopped by a ${reason}, not by an exception`);
    const description = valueText(data);
    const details = { message: description, typeName: data.className ?? data.type, stackTrace: data.description ?? "" };
    return { exceptionId: data.className ?? data.type, description, breakMode: "always", details };
  }

  modules(): Json {
    const modules = this.scripts.localFiles().map(({ name, path }, id) => ({ id, name, path }));
    return { modules, totalModules: modules.length };
  }

  /** As a cell would; while the program stands nothing can be awaited. */
  private async evaluateGlobally(expression: string): Promise<RemoteObject> {
    const awaiting = this.isStopped ? {} : { replMode: true, awaitPromise: true };
    return this.thread.value("Runtime.evaluate", {
      expression: await expressionAsRun(this.parts.language, expression),
      objectGroup: OBJECT_GROUP,
      generatePreview: true,
      ...awaiting,
    });
  }

  private async evaluateIn(frame: Frame, expression: string): Promise<RemoteObject> {
    const locals = await localNames(this.thread, frame);
    return this.thread.value("Debugger.evaluateOnCallFrame", {
      callFrameId: frame.of.callFrameId,
      expression: await expressionAsRun(this.parts.language, expression, locals),
      objectGroup: OBJECT_GROUP,
      generatePreview: true,
    });
  }

  /** Assigns to a name of the notebook, which no frame hides. */
  private async assign(target: string, argument: object): Promise<void> {
    const setter = `(value => { ${target.replace(/^\(|\s*\)$/g, "")} = value })`;
    const { objectId } = await this.thread.value("Runtime.evaluate", { expression: setter, objectGroup: OBJECT_GROUP });
    const call = { objectId, functionDeclaration: "function (value) { this(value) }", arguments: [argument] };
    await this.thread.value("Runtime.callFunctionOn", call);
  }

  private stopped(): Stop {
    if (this.stop === undefined) throw new DebugError(NO_STOP);
    return this.stop;
  }

  private async paused(paused: Paused): Promise<void> {
    const stop = new Stop(paused, this.scripts);
    try {
      const verdict = await this.verdict(stop);
      if (verdict === "here") this.announce(stop);
      else await this.thread.post(verdict);
    } catch (error) {
      // Better a stop too many than a program that stands unseen.
      if (!this.closed) this.announce(stop, (error as Error).message);
    }
  }

  /** Whether the user wants to stop here, or how to go on. */
  private async verdict(stop: Stop): Promise<"here" | Resume> {
    const { hitBreakpoints = [], reason, callFrames } = stop.paused;
    const innermost = callFrames[0]!.location;
    const hit = this.breakpoints.hit(hitBreakpoints);
    if (
      hit.length === 0 &&
      (await this.breakpoints.isEntry(hitBreakpoints, this.scripts.get(innermost.scriptId), innermost))
    )
      return "Debugger.resume";
    if (reason === "exception" || reason === "promiseRejection")
      return this.isWantedException(stop) ? "here" : "Debugger.resume";
    for (const { rule } of hit) if (rule === undefined || (await this.satisfies(stop, rule))) return "here";
    if (hit.length > 0) return "Debugger.resume";
    if (this.wish === "step") {
      // A step that left the cell ends with it.
      if (stop.frames.length === 0) return "Debugger.resume";
      return stop.isAtSource ? "here" : "Debugger.stepOut";
    }
    // `debugger` statements, and the pause button.
    return stop.frames.length > 0 ? "here" : "Debugger.resume";
  }

  private isWantedException({ paused: { reason, data }, isAtSource, frames }: Stop): boolean {
    if (frames.length === 0) return false;
    if (this.filters.includes("all")) return isAtSource;
    // Of a promise V8 does not know who will look at it: the kernel itself looks at that of a cell.
    return this.filters.includes("uncaught") && (data?.uncaught === true || reason === "promiseRejection");
  }

  /** Whether a breakpoint's own rule lets it stop; one that only prints never does. */
  private async satisfies({ frames }: Stop, rule: HitRule): Promise<boolean> {
    const frame = frames[0];
    if (frame === undefined) return false;
    if (rule.condition !== undefined) {
      // As in V8's own conditions, one that throws does not hold.
      const value = await this.evaluateIn(frame, `!!(${rule.condition}\n)`).catch(() => undefined);
      if (value?.value !== true) return false;
    }
    if (!rule.count()) return false;
    if (rule.log === undefined) return true;
    const texts: string[] = [];
    for (const part of rule.log)
      texts.push(typeof part === "string" ? part : await this.logged(frame, part.expression));
    this.parts.print(`${texts.join("")}\n`);
    return false;
  }

  private async logged(frame: Frame, expression: string): Promise<string> {
    try {
      const value = await this.evaluateIn(frame, expression);
      return value.type === "string" ? String(value.value) : valueText(value);
    } catch (error) {
      return (error as Error).message;
    }
  }

  private announce(stop: Stop, text?: string): void {
    const { reason, data, hitBreakpoints = [] } = stop.paused;
    const hitBreakpointIds = this.breakpoints.hit(hitBreakpoints).map(({ id }) => id);
    const isException = reason === "exception" || reason === "promiseRejection";
    const why = isException
      ? "exception"
      : hitBreakpoints.length > 0
        ? "breakpoint"
        : (this.wish ?? "debugger statement");
    this.stop = stop;
    this.wish = undefined;
    this.parts.send("stopped", {
      reason: why,
      threadId: 1,
      allThreadsStopped: true,
      hitBreakpointIds,
      ...(isException && data !== undefined ? { description: "Paused on exception", text: valueText(data) } : {}),
      ...(text === undefined ? {} : { text }),
    });
  }

  private resumed(): void {
    if (this.stop === undefined) return;
    this.stop = undefined;
    this.handles.clear();
    void this.thread.post("Runtime.releaseObjectGroup", { objectGroup: OBJECT_GROUP }).catch(() => undefined);
    this.parts.send("continued", { threadId: 1, allThreadsContinued: true });
  }

  private ran(path: string): RanCell | undefined {
    return this.parts.cells.findLast(({ code }) => cellPath(code) === path);
  }

  /** How a cell runs; one that has not run is compiled. */
  private async cellOf(path: string): Promise<RanCell | undefined> {
    const ran = this.ran(path);
    const code = this.dumped.get(path);
    if (ran !== undefined || code === undefined) return ran;
    return compileCell(this.parts.language, code);
  }
}

function argumentOf({ objectId, value, unserializableValue }: RemoteObject): object {
  if (objectId !== undefined) return { objectId };
  return unserializableValue === undefined ? { value } : { unserializableValue };
}
