import type { Worker } from "node:worker_threads";
import { Control, sizeOf, type FromMain, type ToMain, type WorkerData } from "./bridge";
import { CommTable } from "./comm-table";
import { DebugDesk } from "./debug-desk";
import { readConnectionFile, type ConnectionInfo } from "./connection-file";
import { descriptorIn } from "./descriptor";
import { ExecutionQueue } from "./execution-queue";
import { Flow } from "./flow";
import { InputHistory } from "./input-history";
import { Interrupter } from "./interrupter";
import { LanguageClient } from "./language-client";
import { HeaderFactory, type Header, type Json, type Received } from "./message";
import { NativeOutput } from "./native-output";
import { piped, PipeSockets } from "./pipe-sockets";
import { Peeks } from "./peeks";
import { Publisher, type Beside } from "./publisher";
import { wrongReport } from "./report-check";
import { answers, asCellsHaveIt, handleComm, type RequestParts } from "./requests";
import { Sockets } from "./sockets";
import { checkShell } from "./subshells";
import { InputDesk } from "./input-desk";
import { RanCells } from "./ran-cells";
import { ValueReader } from "./value-reader";
import { Wire } from "./wire";

type Channel = "shell" | "control" | "stdin";
type MainPort = Pick<Worker, "postMessage">;

/** Messages that a front end may miss that takes none for long. */
const OPTIONAL = new Set(["stream", "display_data", "update_display_data"]);
const REPLY_MS = 1_000;
const KILL_AFTER_MS = 1_500;

/** One kernel: takes messages off the sockets, gives work to the main thread, answers. */
export class KernelSession {
  private readonly headers = new HeaderFactory();
  private readonly wire: Wire;
  private readonly sockets: Sockets | PipeSockets;
  private readonly connection: ConnectionInfo;
  private readonly publisher: Publisher;
  private readonly language = new LanguageClient({ cwd: process.cwd() });
  private readonly history = new InputHistory();
  private readonly comms = new CommTable();
  private readonly executions: ExecutionQueue;
  private readonly interrupter: Interrupter;
  private readonly input: InputDesk;
  private readonly native: NativeOutput;
  private readonly flow: Flow;
  private readonly values = new ValueReader();
  private readonly cells = new RanCells();
  private readonly debug = new DebugDesk(() => ({
    language: this.language,
    cells: this.cells,
    names: this.executions.names,
    send: (event, body) => this.sendDebugEvent(event, body),
    print: (text) => this.say("stdout", text),
    declare: (name) => this.executions.declare(name),
    show: (expression) => this.show(expression),
  }));
  private readonly parts: RequestParts;
  private readonly answers: ReturnType<typeof answers>;
  private readonly requests = new Map<string, Received>();
  private readonly peeks = new Peeks((work) => this.postToMain(work));
  private eventCount = 0;
  private warm = false;
  private early: LanguageClient | undefined;
  private ending = false;
  private spokenTo = false;

  constructor(
    private readonly data: WorkerData,
    private readonly main: MainPort,
  ) {
    // Before all that opens files or sockets.
    this.native = new NativeOutput((name, text) => this.say(name, text));
    main.postMessage({ type: "pipes", pipes: this.native.pipes });
    this.native.waitForMain(data.places);
    const descriptor = descriptorIn(data.connectionFile);
    this.connection = descriptor === undefined ? readConnectionFile(data.connectionFile) : piped;
    this.sockets = descriptor === undefined ? new Sockets() : new PipeSockets(descriptor);
    this.wire = new Wire(this.connection.key, this.connection.signature_scheme);
    this.publisher = new Publisher((type, content, parent, beside) => this.publish(type, content, parent, beside));
    this.flow = new Flow(
      data.control,
      () => this.sockets.waiting,
      (paused) => this.native.pause(paused),
    );
    this.executions = new ExecutionQueue({
      publisher: this.publisher,
      language: this.language,
      early: () => {
        this.warmUp(); // a cell may come with the first request
        return this.early;
      },
      history: this.history,
      postToMain: (work) => this.postToMain(work),
      reply: (request, type, content, metadata) => this.reply("shell", request, type, content, metadata),
      drainNative: () => this.native.drain(),
      cells: this.cells,
      beforeRun: (cell) => this.debug.beforeRun(cell),
    });
    const memory = { control: data.control, bytes: data.inputBytes };
    this.input = new InputDesk(memory, (content, parent) => this.sendInputRequest(content, parent));
    this.interrupter = new Interrupter(data.interrupt, this.executions, () => this.input.cancel(), this.debug);
    this.parts = {
      executions: this.executions,
      language: this.language,
      history: this.history,
      comms: this.comms,
      values: this.values,
      debug: this.debug,
      postComm: (event) => this.postToMain({ type: "comm", event }),
      peek: (expression) => this.peeks.text(expression),
    };
    this.answers = answers(this.parts);
  }

  /** Whether any request has come yet. */
  get addressed(): boolean {
    return this.spokenTo;
  }

  /** Binds the sockets and says that the kernel is there. */
  async open(): Promise<void> {
    await this.sockets.open(this.connection, {
      onMessage: (channel, frames) => this.receive(channel, frames),
      onRoom: () => this.flow.update(),
      onLost: (bytes) => this.say("stderr", `\nThe front end took no messages: ${bytes} bytes of output are lost.\n`),
      onSubscribe: (topic) => this.publish("iopub_welcome", { subscription: Buffer.from(topic).toString() }, {}),
    });
    this.publisher.status("starting", {});
    // Types are loaded behind the first answer, or soon without one.
    setTimeout(() => this.warmUp(), 500);
  }

  /** SIGINT, for front ends that send signals. */
  async interrupt(): Promise<void> {
    await this.interrupter.interrupt();
  }

  /** A report of the main thread. One that is wrong or fails costs nothing but itself. */
  onMain(report: FromMain): void {
    const wrong = wrongReport(report);
    if (wrong !== undefined) return this.complain(new TypeError(`a report of the main thread was dropped: ${wrong}`));
    try {
      this.take(report);
    } catch (error) {
      this.complain(error as Error);
    }
    this.flow.took(sizeOf(report));
  }

  /** A fault of the kernel's own: told where the user looks, and survived. */
  complain(error: Error): void {
    this.say("stderr", `dnn-lab kernel: ${error.message}\n`);
  }

  /** Text that belongs to no cell, shown in the running or the last one. */
  private say(name: "stdout" | "stderr", text: string): void {
    this.publisher.stream(this.executions.running ?? this.executions.lastCell, name, text);
  }

  private take(report: FromMain): void {
    switch (report.type) {
      case "ready":
        return this.native.unlink();
      case "stream":
        return this.publisher.stream(report.cell, report.name, report.text);
      case "output":
        return this.publisher.output(report.cell, report.kind, report.content);
      case "error":
        this.publisher.output(report.cell, "error", { ...report.error });
        if (report.cell !== this.executions.running) this.executions.onLateError(report.error);
        return;
      case "done":
        return this.executions.onDone(report);
      case "comm":
        this.comms.track(report);
        return this.publisher.output(report.cell, report.kind, report.content, report);
      case "comm-handled":
        return this.idle(report.cell);
      case "peeked":
        return this.peeks.answered(report.id, report.text);
      case "input":
        return this.ask(report);
      case "exit":
        return void this.exitAsked(report);
    }
  }

  private receive(channel: Channel, frames: Uint8Array[]): void {
    let request: Received;
    try {
      request = this.wire.decode(frames);
    } catch (error) {
      process.stderr.write(`dnn-lab kernel: dropped a message on ${channel}: ${(error as Error).message}\n`);
      return;
    }
    this.spokenTo = true;
    void this.dispatch(channel, request).catch((error: Error) => this.failed(channel, request, error));
  }

  private async dispatch(channel: Channel, request: Received): Promise<void> {
    const type = request.header.msg_type;
    if (channel === "stdin") return type === "input_reply" ? this.input.answer(request) : undefined;
    if (this.ending) return;
    checkShell(request.header);
    if (type === "execute_request" && channel === "shell") {
      this.requests.set(request.header.msg_id, request);
      if (this.requests.size > 100) this.requests.delete(this.requests.keys().next().value as string);
      return this.executions.enqueue(request);
    }
    this.publisher.adopt(request.header);
    this.publisher.status("busy", request.header);
    if (type.startsWith("comm_") && type !== "comm_info_request") return handleComm(this.parts, request);
    if (type === "shutdown_request") return this.shutdown(channel, request);
    if (type === "interrupt_request") {
      void this.interrupter.interrupt();
      this.reply(channel, request, "interrupt_reply", { status: "ok" });
    } else {
      const answer = this.answers[type];
      if (answer !== undefined)
        this.reply(channel, request, type.replace(/_request$/, "_reply"), await answer(request.content, request));
    }
    this.publisher.status("idle", request.header);
    this.stillBusy();
    if (type === "kernel_info_request") setImmediate(() => this.warmUp());
  }

  /** Front ends take any `idle` as the kernel's state, so the running cell is mentioned again. */
  private stillBusy(): void {
    if (this.executions.active !== undefined) this.publisher.status("busy", this.executions.active);
  }

  private idle(cell: string): void {
    const header = { msg_id: cell } as Header;
    this.publisher.status("idle", this.publisher.headerOf(cell) ?? header);
    this.stillBusy();
  }

  private failed(channel: Channel, request: Received, error: Error): void {
    const type = request.header.msg_type;
    const content = {
      status: "error",
      ename: error.name,
      evalue: error.message,
      traceback: [`${error.name}: ${error.message}`],
    };
    if (type.endsWith("_request")) this.reply(channel, request, type.replace(/_request$/, "_reply"), content);
    else process.stderr.write(`dnn-lab kernel: ${type}: ${error.message}\n`);
    this.publisher.status("idle", request.header);
  }

  private warmUp(): void {
    if (this.warm) return;
    this.warm = true;
    if (this.language.isShared) return;
    const early = new LanguageClient({ cwd: process.cwd(), quick: true });
    this.early = early;
    // One after the other: the first cell waits for the quick one alone.
    void early.warmUp().then(async () => {
      await this.language.warmUp();
      this.early = undefined;
      await early.stop();
    });
  }

  private publish(
    type: string,
    content: Json | string,
    parent: Header | Record<string, never>,
    { metadata = {}, buffers = [] }: Beside = {},
  ): void {
    const message = { header: this.headers.create(type), parentHeader: parent, metadata, content, buffers };
    this.sockets.send("iopub", this.wire.encode(message, [Buffer.from(type)]), OPTIONAL.has(type));
  }

  private reply(channel: Channel, request: Received, type: string, content: Json | string, metadata: Json = {}): void {
    const header = this.headers.create(type);
    const message = { header, parentHeader: request.header, metadata, content, buffers: [] };
    this.sockets.send(channel, this.wire.encode(message, request.identities));
  }

  private sendInputRequest(content: Json, parent: Received): Header {
    const header = this.headers.create("input_request");
    const message = { header, parentHeader: parent.header, metadata: {}, content, buffers: [] };
    this.sockets.send("stdin", this.wire.encode(message, parent.identities));
    return header;
  }

  private ask({ cell, prompt, password }: Extract<FromMain, { type: "input" }>): void {
    const parent = this.requests.get(cell);
    this.publisher.flush();
    if (parent === undefined) return this.input.refuse();
    this.input.ask(prompt, password, parent);
  }

  private sendDebugEvent(event: string, body: Json): void {
    const parent = this.publisher.headerOf(this.executions.running ?? this.executions.lastCell) ?? {};
    this.publisher.flush();
    this.publish("debug_event", { type: "event", seq: (this.eventCount += 1), event, body }, parent);
  }

  /** The representations of a value of the notebook, while the main thread is free. */
  private async show(expression: string): Promise<Json | undefined> {
    return this.executions.running === undefined
      ? this.peeks.bundle(await asCellsHaveIt(this.language, expression))
      : undefined;
  }

  private postToMain(work: ToMain): void {
    if (work.type === "execute" || work.type === "sh") Atomics.store(this.data.interrupt, 0, 0);
    this.main.postMessage(work);
  }

  /** `process.exit` in a cell: first the front end gets everything, then the main thread may end. */
  private async exitAsked({ code, cell, asked }: Extract<FromMain, { type: "exit" }>): Promise<void> {
    if (this.ending) return;
    const message = `process.exit(${code}) was called: the kernel ends.`;
    if (asked) this.publisher.stream(cell, "stderr", `${message}\n`);
    const error = { ename: "SystemExit", evalue: message, traceback: [`SystemExit: ${message}`] };
    this.executions.endAll(code === 0 ? undefined : error);
    await this.executions.replied(REPLY_MS);
    await this.end();
  }

  private async shutdown(channel: Channel, request: Received): Promise<void> {
    const content = { status: "ok", restart: request.content["restart"] === true };
    this.reply(channel, request, "shutdown_reply", content);
    this.publish("shutdown_reply", content, request.header);
    this.publisher.status("idle", request.header);
    this.debug.close();
    await this.interrupter.stopForExit();
    await this.end();
    this.main.postMessage({ type: "shutdown" } satisfies ToMain);
  }

  /** Sends what is left, and closes; a main thread that does not end by itself is killed. */
  async end(): Promise<void> {
    this.ending = true;
    this.publisher.flush();
    await this.sockets.close();
    setTimeout(() => process.kill(process.pid, "SIGKILL"), KILL_AFTER_MS);
    this.interrupter.disconnect();
    this.values.disconnect();
    this.debug.close();
    Atomics.store(this.data.control, Control.exit, 1);
    Atomics.notify(this.data.control, Control.exit);
  }
}
