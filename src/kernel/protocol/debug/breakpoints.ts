import type { LanguageClient } from "../language-client";
import type { RanCell } from "../ran-cells";
import { cellPath, PATH_PREFIX } from "./cell-path";
import type { Breakpoint, SendEvent, Source, SourceBreakpoint } from "./dap";
import { expressionAsRun } from "./expressions";
import { HitRule, logParts } from "./hit-rules";
import { RemoteError, type Location, type MainThread } from "./remote";
import { stopFor, type StopPlace } from "./script-places";
import { urlOf, type Script, type Scripts } from "./scripts";
import { placesOf, stopPlacesOf } from "./stop-places";

/** So many runs of a cell keep its breakpoints: functions of earlier ones may still be called. */
const MOST_SCRIPTS = 20;

/** A breakpoint of the user's. */
interface Wanted {
  readonly id: number;
  readonly asked: SourceBreakpoint;
  /** What V8 decides by; undefined: it always stops. */
  readonly condition: string | undefined;
  /** What is decided here, once V8 has stopped. */
  readonly rule: HitRule | undefined;
  state: Breakpoint;
}

/** What V8's breakpoints of one source are made of. */
interface OfSource {
  readonly wanted: readonly Wanted[];
  readonly v8Ids: Set<string>;
  /** Stops at the beginning of a file, before it runs; see `bindEntry`. */
  entry?: string;
}

export interface BreakpointParts {
  readonly thread: MainThread;
  readonly scripts: Scripts;
  readonly language: LanguageClient;
  readonly send: SendEvent;
  /** How the cell of a path runs, or is to run. */
  cellOf(path: string): Promise<RanCell | undefined>;
  /** How the front end numbers the first line (and column). */
  firstLine(): 0 | 1;
}

/** Breakpoints of the user's, by source; V8 gets one for each script that is made of it. */
export class Breakpoints {
  private readonly sources = new Map<string, OfSource>();
  private readonly owners = new Map<string, Wanted>();
  private count = 0;

  constructor(private readonly parts: BreakpointParts) {}

  /** Replaces the breakpoints of a source. */
  async set(path: string, asked: readonly SourceBreakpoint[]): Promise<Breakpoint[]> {
    await this.removeFrom(path);
    const wanted: Wanted[] = [];
    for (const one of asked) wanted.push(await this.want(path, one));
    const found: OfSource = { wanted, v8Ids: new Set() };
    if (wanted.length === 0) return [];
    this.sources.set(path, found);
    if (isCell(path)) await this.bindCell(path, found);
    else await this.bindFile(path, found);
    return wanted.map(({ state }) => state);
  }

  /** All breakpoints, for debugInfo. */
  list(): { source: string; breakpoints: object[] }[] {
    return [...this.sources].map(([source, { wanted }]) => ({
      source,
      breakpoints: wanted.map(({ asked, state }) => ({ ...asked, line: state.line })),
    }));
  }

  async clear(): Promise<void> {
    for (const path of [...this.sources.keys()]) await this.removeFrom(path);
  }

  /** A cell is about to run: its breakpoints have to be there before. */
  async beforeRun(cell: RanCell): Promise<void> {
    const found = this.sources.get(cellPath(cell.code));
    if (found !== undefined) await this.bindProgram(cell, found);
  }

  /** Whether V8 stopped only for a file's breakpoints to be set, which is then done. */
  async isEntry(hit: readonly string[], script: Script | undefined, at: Location): Promise<boolean> {
    const found = script && this.sources.get(script.source.path);
    if (found?.entry === undefined || !hit.includes(found.entry)) return false;
    const places = await this.bindScript(script as Script, found);
    // One of the breakpoints may be at this very place, and V8 does not stop there again.
    return !places.has(`${at.lineNumber}:${at.columnNumber ?? 0}`);
  }

  /** The ids of the user's breakpoints among those that V8 has hit, with the rules that still have a say. */
  hit(v8Ids: readonly string[]): readonly { readonly id: number; readonly rule: HitRule | undefined }[] {
    return v8Ids.flatMap((v8Id) => {
      const owner = this.owners.get(v8Id);
      return owner === undefined ? [] : [{ id: owner.id, rule: owner.rule }];
    });
  }

  private async want(path: string, asked: SourceBreakpoint): Promise<Wanted> {
    const { language } = this.parts;
    const { condition, hitCondition, logMessage } = asked;
    const id = (this.count += 1);
    const source: Source = { name: path.split(/[\\/]/).at(-1) as string, path };
    let state: Breakpoint = { id, verified: false, line: asked.line, source };
    try {
      const plain = condition && `(${condition}\n)`;
      const asRun = condition && (await expressionAsRun(language, condition));
      // V8 decides where no name of the notebook could be mistaken for one of the function's own.
      const isPlain =
        logMessage === undefined && !hitCondition && asRun?.replace(/\s/g, "") === plain?.replace(/\s/g, "");
      const rule = isPlain
        ? undefined
        : new HitRule(condition, hitCondition, logMessage ? logParts(logMessage) : undefined);
      return { id, asked, condition: isPlain ? asRun : undefined, rule, state };
    } catch (error) {
      state = { ...state, message: (error as Error).message };
      return { id, asked, condition: "false", rule: undefined, state };
    }
  }

  private async removeFrom(path: string): Promise<void> {
    const found = this.sources.get(path);
    if (found === undefined) return;
    this.sources.delete(path);
    for (const id of [...found.v8Ids, ...(found.entry === undefined ? [] : [found.entry])]) {
      this.owners.delete(id);
      await this.parts.thread.post("Debugger.removeBreakpoint", { breakpointId: id }).catch(() => undefined);
    }
  }

  private async bindCell(path: string, found: OfSource): Promise<void> {
    for (const script of this.parts.scripts.of(path).slice(-MOST_SCRIPTS)) await this.bindScript(script, found);
    // One that has not run yet can tell already where it can be stopped.
    const cell = await this.parts.cellOf(path);
    if (cell === undefined) return;
    const stops = stopPlacesOf(cell.program);
    for (const wanted of found.wanted) this.place(wanted, stopFor(stops, ...this.lineOf(wanted)));
  }

  private async bindProgram({ program }: RanCell, found: OfSource): Promise<void> {
    const stops = stopPlacesOf(program);
    const places = placesOf(program.source, program.sourceMap);
    for (const wanted of found.wanted) {
      const stop = stopFor(stops, ...this.lineOf(wanted));
      if (stop === undefined) continue;
      // At the top level of a cell V8's columns may be others than those of `stopPlacesOf`: it takes the next one on the line.
      const code = wanted.asked.column === undefined ? places.beginOf(stop) : stop.code;
      await this.add(found, wanted, "Debugger.setBreakpointByUrl", { url: program.name, ...codeOf({ ...stop, code }) });
    }
  }

  /** A file may be loaded again, or for the first time: V8 stops at its beginning, and its breakpoints are set then. */
  private async bindFile(path: string, found: OfSource): Promise<void> {
    for (const script of this.parts.scripts.of(path).slice(-MOST_SCRIPTS)) await this.bindScript(script, found);
    const place = { url: urlOf(path), lineNumber: 0, columnNumber: 0 };
    found.entry = (
      await this.parts.thread.post<{ breakpointId: string }>("Debugger.setBreakpointByUrl", place)
    ).breakpointId;
    for (const { state } of found.wanted)
      if (!state.verified && state.message === undefined)
        Object.assign(state, { message: "It is set when the file is loaded." });
  }

  /** Sets a source's breakpoints in one script of it; returns their places in the code that runs. */
  private async bindScript(script: Script, found: OfSource): Promise<Set<string>> {
    const places = new Set<string>();
    const stops = await this.parts.scripts.stops(script);
    for (const wanted of found.wanted) {
      const stop = stopFor(stops, ...this.lineOf(wanted));
      if (!isCell(script.source.path)) this.place(wanted, stop);
      if (stop === undefined) continue;
      places.add(`${stop.code.line}:${stop.code.column}`);
      await this.add(found, wanted, "Debugger.setBreakpoint", { location: { scriptId: script.id, ...codeOf(stop) } });
    }
    return places;
  }

  private async add(found: OfSource, wanted: Wanted, method: string, place: object): Promise<void> {
    const parameters = { ...place, ...(wanted.condition === undefined ? {} : { condition: wanted.condition }) };
    try {
      const { breakpointId } = await this.parts.thread.post<{ breakpointId: string }>(method, parameters);
      found.v8Ids.add(breakpointId);
      this.owners.set(breakpointId, wanted);
    } catch (error) {
      // V8 holds one breakpoint a place: another of the user's is there already.
      if (!(error instanceof RemoteError && /already exists/.test(error.message))) throw error;
    }
  }

  /** Notes where a breakpoint has gone, and tells the front end when that is news. */
  private place(wanted: Wanted, stop: StopPlace | undefined): void {
    if (wanted.condition === "false" && wanted.state.message !== undefined) return;
    const { id, source } = wanted.state;
    const first = this.parts.firstLine();
    const line = stop === undefined ? wanted.asked.line : stop.source.line + first;
    const state: Breakpoint =
      stop === undefined
        ? { id, source, line, verified: false, message: "There is no code at this line or below it." }
        : { id, source, line, column: stop.source.column + first, verified: true };
    const isNews = wanted.state.verified !== state.verified || wanted.state.line !== line;
    wanted.state = state;
    if (isNews) this.parts.send("breakpoint", { reason: "changed", breakpoint: state });
  }

  private lineOf({ asked }: Wanted): [line: number, column: number] {
    const first = this.parts.firstLine();
    return [asked.line - first, asked.column === undefined ? 0 : Math.max(0, asked.column - first)];
  }
}

function isCell(path: string): boolean {
  return path.startsWith(PATH_PREFIX);
}

function codeOf({ code }: StopPlace): { lineNumber: number; columnNumber: number } {
  return { lineNumber: code.line, columnNumber: code.column };
}
