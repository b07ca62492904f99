import type { Json } from "../message";
import type { RanCell } from "../ran-cells";
import { HASH_SEED, PATH_PREFIX, PATH_SUFFIX } from "./cell-path";
import { DebugError, type Response, type SourceBreakpoint, type Variable } from "./dap";
import { Debugger, type DebuggerParts } from "./debugger";
import { valueText } from "./value-text";
import type { Page } from "./variables";

/** What this adapter can do, for the reply to `initialize`. */
const CAPABILITIES = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsExceptionInfoRequest: true,
  supportsModulesRequest: true,
  supportsClipboardContext: true,
  supportsDelayedStackTraceLoading: true,
  exceptionBreakpointFilters: [
    { filter: "all", label: "All exceptions", description: "Stops where anything is thrown" },
    {
      filter: "uncaught",
      label: "Uncaught exceptions",
      description:
        "Stops where nothing catches what is thrown, and where it rejects a promise, of which nobody knows yet",
    },
  ],
};

export interface AdapterParts extends DebuggerParts {
  /** The representations of a value of the notebook, as a cell would show it; undefined when the program takes too long. */
  show(expression: string): Promise<Json | undefined>;
}

type Arguments = Json;
type Handler = (given: Arguments) => Json | Promise<Json>;

/** Answers `debug_request`s. https://jupyter-client.readthedocs.io/en/stable/messaging.html#additions-to-the-dap */
export class DebugAdapter {
  private active: Debugger | undefined;
  private first: 0 | 1 = 1;
  private justMyCode = true;
  private client: unknown;
  private seq = 0;

  constructor(private readonly parts: AdapterParts) {}

  get isStopped(): boolean {
    return this.active?.isStopped ?? false;
  }

  /** Lets a stopped program go on to its termination. */
  release(): void {
    this.active?.release();
  }

  close(): void {
    this.active?.close();
    this.active = undefined;
  }

  /** A cell is about to run. */
  async beforeRun(cell: RanCell): Promise<void> {
    await this.active?.breakpoints.beforeRun(cell);
  }

  /** The reply to a request; one that fails has `success: false` and says why. */
  async answer({ seq, command, arguments: given }: Json): Promise<Json & Response> {
    const reply = {
      type: "response" as const,
      seq: (this.seq += 1),
      request_seq: Number(seq ?? 0),
      command: String(command),
    };
    const handler = Object.hasOwn(this.handlers, reply.command) ? this.handlers[reply.command] : undefined;
    try {
      if (handler === undefined) throw new DebugError(`the request "${reply.command}" is not supported`);
      return { ...reply, success: true, body: await handler((given ?? {}) as Arguments) };
    } catch (error) {
      const { message } = error as Error;
      return { ...reply, success: false, message, body: { error: { id: 1, format: message } } };
    }
  }

  private readonly handlers: Readonly<Record<string, Handler>> = {
    debugInfo: () => this.info(),
    initialize: (given) => this.initialize(given),
    attach: (given) => this.attach(given),
    launch: (given) => this.attach(given),
    configurationDone: () => ({}),
    disconnect: () => (this.close(), {}),
    terminate: () => (this.close(), {}),
    dumpCell: ({ code }) => ({ sourcePath: this.debugger.dump(text(code, "code")) }),
    source: ({ source }) => this.source(source as Json | undefined),
    setBreakpoints: (given) => this.setBreakpoints(given),
    setExceptionBreakpoints: async ({ filters }) => {
      await this.debugger.setExceptionFilters(Array.isArray(filters) ? filters.map(String) : []);
      return {};
    },
    threads: () => ({ threads: [{ id: 1, name: "main" }] }),
    continue: () => this.resume("Debugger.resume", { allThreadsContinued: true }),
    next: () => this.resume("Debugger.stepOver"),
    stepIn: () => this.resume("Debugger.stepInto"),
    stepOut: () => this.resume("Debugger.stepOut"),
    pause: async () => (await this.debugger.pause(), {}),
    stackTrace: ({ startFrame, levels }) => this.debugger.stackTrace(Number(startFrame ?? 0), Number(levels ?? 0)),
    scopes: ({ frameId }) => this.debugger.scopes(frameId),
    variables: async ({ variablesReference, ...page }) => ({
      variables: this.told(await this.debugger.children(Number(variablesReference), page as Page)),
    }),
    evaluate: (given) => this.evaluate(given),
    setVariable: ({ variablesReference, name, value }) =>
      this.debugger.setVariable(Number(variablesReference), text(name, "name"), text(value, "value")),
    exceptionInfo: () => this.debugger.exception(),
    modules: () => this.debugger.modules(),
    inspectVariables: async () => ({ variables: this.told(await this.debugger.notebook()) }),
    richInspectVariables: (given) => this.inspectRichly(given),
    copyToGlobals: async ({ srcVariableName, dstVariableName, srcFrameId }) => {
      await this.debugger.copyToGlobals(
        text(srcVariableName, "srcVariableName"),
        text(dstVariableName, "dstVariableName"),
        srcFrameId,
      );
      return {};
    },
  };

  /** JupyterLab's tree shows the type in place of the value of what has one. */
  private told(variables: readonly Variable[]): readonly Partial<Variable>[] {
    return this.client === "jupyterlab" ? variables.map(({ type: _type, ...rest }) => rest) : variables;
  }

  private get debugger(): Debugger {
    if (this.active === undefined)
      throw new DebugError("the debugger is not started: send initialize and attach first");
    return this.active;
  }

  private info(): Json {
    return {
      isStarted: this.active !== undefined,
      hashMethod: "Murmur2",
      hashSeed: HASH_SEED,
      tmpFilePrefix: PATH_PREFIX,
      tmpFileSuffix: PATH_SUFFIX,
      breakpoints: this.active?.breakpoints.list() ?? [],
      stoppedThreads: this.isStopped ? [1] : [],
      richRendering: true,
      exceptionPaths: [],
      copyToGlobals: true,
    };
  }

  private async initialize({ linesStartAt1, clientID }: Arguments): Promise<Json> {
    this.client = clientID;
    this.first = linesStartAt1 === false ? 0 : 1;
    this.close();
    const started = new Debugger(this.parts, this.first);
    this.active = started;
    await started.start(this.justMyCode);
    // After the reply, which the front end waits for first.
    setImmediate(() => this.parts.send("initialized", {}));
    return CAPABILITIES;
  }

  private async attach({ justMyCode }: Arguments): Promise<Json> {
    this.justMyCode = justMyCode !== false;
    await this.debugger.start(this.justMyCode);
    return {};
  }

  private source(source: Json | undefined): Json {
    return { content: this.debugger.sourceText(text(source?.["path"], "source.path")), mimeType: "text/typescript" };
  }

  private async setBreakpoints({ source, breakpoints }: Arguments): Promise<Json> {
    const path = text((source as Json | undefined)?.["path"], "source.path");
    const asked = (Array.isArray(breakpoints) ? breakpoints : []) as SourceBreakpoint[];
    return { breakpoints: await this.debugger.setBreakpoints(path, asked) };
  }

  private async resume(method: Parameters<Debugger["resume"]>[0], body: Json = {}): Promise<Json> {
    await this.debugger.resume(method);
    return body;
  }

  private async evaluate({ expression, frameId, context }: Arguments): Promise<Json> {
    const code = text(expression, "expression");
    if (context === "clipboard") {
      const value = await this.debugger.evaluate(code, frameId);
      return { result: value.type === "string" ? String(value.value) : valueText(value), variablesReference: 0 };
    }
    return this.debugger.evaluated(code, frameId);
  }

  /** While the program stands no code of it runs, so there is only the text. */
  private async inspectRichly({ variableName, frameId }: Arguments): Promise<Json> {
    const name = text(variableName, "variableName");
    const shown = this.isStopped ? undefined : await this.parts.show(name);
    if (shown !== undefined) return { data: shown, metadata: {} };
    const value = await this.debugger.evaluate(name, this.isStopped ? frameId : undefined);
    return { data: { "text/plain": valueText(value) }, metadata: {} };
  }
}

function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw new DebugError(`${name} must be a string, received ${typeof value}`);
  return value;
}
