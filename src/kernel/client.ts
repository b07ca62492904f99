import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as zmq from "zeromq";
import { endpoint, type ConnectionInfo } from "./protocol/connection-file";
import { HeaderFactory, type Json, type Received } from "./protocol/message";
import { Wire } from "./protocol/wire";

const LIMIT_MS = 60_000;
/** Start-up times are measured no finer than this. */
const RECONNECT_MS = 5;
const RETRY_MS = 50;

/** What a kernel answered, and how long after the request. */
export interface Answer {
  readonly content: Json;
  readonly milliseconds: number;
}

/** What a kernel published about a message, and how long after it the kernel was idle again. */
export interface Published {
  readonly published: readonly Received[];
  readonly milliseconds: number;
}

/**
 * A small Jupyter client: starts a kernel as a front end does and sends it requests one by one. The doctor asks with it whether
 * the kernel starts; benchmarks measure any kernel with it. To run notebooks use nbclient.
 */
export class KernelClient {
  private readonly headers = new HeaderFactory("client");
  private readonly shell = new zmq.Dealer({
    linger: 0,
    reconnectInterval: RECONNECT_MS,
    receiveTimeout: LIMIT_MS,
    sendTimeout: LIMIT_MS,
  });
  private readonly iopub = new zmq.Subscriber({ linger: 0, reconnectInterval: RECONNECT_MS, receiveTimeout: LIMIT_MS });
  private readonly wire: Wire;
  private readonly ended: Promise<never>;
  /** When the process was started, as `performance.now()`. */
  readonly started = performance.now();
  /** The last lines that the kernel wrote to its own stderr. */
  log = "";

  private constructor(
    connection: ConnectionInfo,
    private readonly folder: string,
    readonly process: ChildProcess,
  ) {
    this.wire = new Wire(connection.key);
    this.shell.connect(endpoint(connection, connection.shell_port));
    this.iopub.connect(endpoint(connection, connection.iopub_port));
    this.iopub.subscribe();
    this.ended = new Promise((_, reject) => {
      process.once("error", reject);
      process.once("exit", (code) =>
        reject(new Error(`the kernel ended with code ${code}: ${this.log.trim().split("\n").slice(-3).join(" ")}`)),
      );
    });
    // Nobody may be waiting when it ends.
    this.ended.catch(() => undefined);
    process.stderr?.on("data", (chunk: Buffer) => (this.log = (this.log + chunk.toString()).slice(-4_000)));
  }

  /** Starts a kernel; `{connection_file}` in `argv` is replaced. */
  static async start(
    argv: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
  ): Promise<KernelClient> {
    const folder = mkdtempSync(join(tmpdir(), "dnn-lab-client-"));
    const file = join(folder, "connection.json");
    const connection = await freeConnection();
    writeFileSync(file, JSON.stringify(connection), { mode: 0o600 });
    const [program, ...args] = argv.map((part) => part.replace("{connection_file}", file)) as [string, ...string[]];
    // As Jupyter does: a kernel whose client was killed ends itself.
    const parent = String(process.pid);
    const env = { ...process.env, DNN_LAB_HISTORY: "off", JPY_PARENT_PID: parent, ...options.env };
    return new KernelClient(
      connection,
      folder,
      spawn(program, args, { ...options, env, stdio: ["ignore", "ignore", "pipe"] }),
    );
  }

  /** Sends a request and waits for its reply; fails when the kernel ends or says nothing for a minute. */
  async request(type: string, content: Json = {}): Promise<Answer> {
    const start = performance.now();
    const reply = await this.reply(await this.send(type, content));
    return { content: reply.content, milliseconds: performance.now() - start };
  }

  /** Asks for the kernel's info until its iopub messages arrive too: a subscription takes effect some time after it is made. */
  async ready(): Promise<Answer> {
    this.iopub.receiveTimeout = RETRY_MS;
    for (;;) {
      const answer = await this.request("kernel_info_request");
      if (
        await this.idle().then(
          () => true,
          () => false,
        )
      ) {
        this.iopub.receiveTimeout = LIMIT_MS;
        return answer;
      }
    }
  }

  /** Executes code and waits until the kernel is idle again. */
  async execute(code: string): Promise<Answer & Published> {
    const start = performance.now();
    const id = await this.send("execute_request", {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: true,
      stop_on_error: true,
    });
    const { content } = await this.reply(id);
    const published = await Promise.race([this.idle(id), this.ended]);
    return { content, milliseconds: performance.now() - start, published };
  }

  /** Sends a message that has no reply, as those of comms, and waits until the kernel is idle again. */
  async tell(type: string, content: Json): Promise<Published> {
    const start = performance.now();
    const id = await this.send(type, content);
    const published = await Promise.race([this.idle(id), this.ended]);
    return { milliseconds: performance.now() - start, published };
  }

  /** Ends the kernel at once. */
  stop(): void {
    this.process.removeAllListeners("exit");
    this.process.kill("SIGKILL");
    this.shell.close();
    this.iopub.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async send(type: string, content: Json): Promise<string> {
    const header = this.headers.create(type);
    const frames = this.wire.encode({ header, parentHeader: {}, metadata: {}, content, buffers: [] });
    await this.shell.send(frames as Uint8Array[]);
    return header.msg_id;
  }

  private async reply(id: string): Promise<Received> {
    for (;;) {
      const frames = await Promise.race([this.shell.receive(), this.ended]);
      const message = this.wire.decode(frames as Uint8Array[]);
      if (message.parentHeader.msg_id === id) return message;
    }
  }

  /** Waits for the idle that follows a request, or any; resolves to all that was published meanwhile. */
  private async idle(id?: string): Promise<readonly Received[]> {
    const published: Received[] = [];
    for (;;) {
      const message = this.wire.decode((await this.iopub.receive()) as Uint8Array[]);
      const { header, parentHeader, content } = message;
      const isIdle = header.msg_type === "status" && content["execution_state"] === "idle";
      if (isIdle && (id === undefined || parentHeader.msg_id === id)) return published;
      published.push(message);
    }
  }
}

async function freeConnection(): Promise<ConnectionInfo> {
  const ports = await Promise.all(Array.from({ length: 5 }, freePort));
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports as [number, number, number, number, number];
  return {
    transport: "tcp",
    ip: "127.0.0.1",
    shell_port,
    iopub_port,
    stdin_port,
    control_port,
    hb_port,
    key: randomUUID(),
    signature_scheme: "hmac-sha256",
  };
}

/** A port that nobody uses now; the system gives different ones to servers that are open at the same time. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      // Closed a little later, so that the five ports differ.
      setTimeout(() => server.close(() => resolve(port)), 50);
    });
  });
}
