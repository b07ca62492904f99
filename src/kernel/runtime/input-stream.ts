import { syncBuiltinESMExports } from "node:module";
import readlineModule = require("node:readline");
import readlinePromises = require("node:readline/promises");
import { Readable } from "node:stream";
import { Map, Object, Promise, process, setImmediate } from "../intrinsics";
import { awaitBeforeIdle, currentCell } from "./cells";
import type { Input } from "./input";

type Interface = readlineModule.Interface;
type Create = (...args: unknown[]) => Interface & { input?: unknown; output?: unknown };

/** What is known of a `readline` interface that reads from here. */
interface Reader {
  /** How many of the stream's listeners are its own. */
  readonly listeners: number;
  /** It has asked a question that has no answer yet. */
  asking: boolean;
}

/**
 * `process.stdin` of a kernel: lines that the user types into the front end. It asks only when somebody waits for a line: a
 * `readline` interface with an open question or a listener for lines, or a listener of the stream itself. The cell is not over
 * before. Where the front end allows no questions, those who wait get an error at once.
 */
class JupyterStdin extends Readable {
  readonly isTTY = false;
  readonly fd = 0;
  private readonly readers = new Map<Interface, Reader>();
  private wanted = false;
  private scheduled = false;
  private prompt = "";

  constructor(
    private readonly ask: Input["input"],
    private readonly refuse: (error: Error) => void,
  ) {
    super({ encoding: "utf8" });
    this.on("newListener", (event) => {
      if (event === "data" || event === "readable") this.look();
    });
  }

  override _read(): void {
    this.wanted = true;
    this.look();
  }

  /** Follows an interface that has just been made; `before`: how many listeners there were without it. */
  attach(reader: Interface & { output?: unknown }, before: number): void {
    const state: Reader = { listeners: this.listenerCount("data") - before, asking: false };
    this.readers.set(reader, state);
    reader.once("close", () => this.readers.delete(reader));
    reader.on("newListener", (event) => {
      if (event === "line") this.look();
    });
    const prompt = reader.prompt.bind(reader);
    reader.prompt = (preserveCursor) => {
      this.check(reader.getPrompt());
      state.asking = true;
      this.prompt = reader.getPrompt();
      // The front end shows the prompt with its field for the answer.
      const { output } = reader;
      const shown = output === process.stdout || output === process.stderr;
      if (shown) reader.output = undefined;
      try {
        prompt(preserveCursor);
      } finally {
        if (shown) reader.output = output;
      }
      this.look();
    };
  }

  /** Throws where nobody can answer. */
  private check(prompt: string): void {
    if (!currentCell().allowStdin) this.ask(prompt);
  }

  /** Asks, in a moment, if somebody waits then. */
  private look(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    awaitBeforeIdle(
      new Promise<void>((resolve) => {
        setImmediate(() => {
          this.scheduled = false;
          if (this.wanted && this.isAwaited()) this.takeLine();
          resolve();
        });
      }),
    );
  }

  private isAwaited(): boolean {
    if (this.destroyed) return false;
    if (this.isAwaitedDirectly()) return true;
    if (this.isPaused()) return false;
    return [...this.readers].some(([reader, { asking }]) => asking || reader.listenerCount("line") > 0);
  }

  /** By a listener of the stream that is no interface's, or by `for await`, for which it counts as paused. */
  private isAwaitedDirectly(): boolean {
    if (this.listenerCount("readable") > 0) return true;
    let own = 0;
    for (const { listeners } of this.readers.values()) own += listeners;
    return !this.isPaused() && this.listenerCount("data") > own;
  }

  private takeLine(): void {
    const { prompt } = this;
    this.prompt = "";
    try {
      const line = this.ask(prompt);
      this.wanted = false;
      for (const reader of this.readers.values()) reader.asking = false;
      this.push(`${line}\n`);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** Nobody answers: whoever waits hears of it, and where nobody listens to errors the cell ends with it. */
  private fail(error: Error): void {
    const isDirect = this.isAwaitedDirectly();
    let isHeard = false;
    for (const reader of [...this.readers.keys()]) {
      const listens = reader.listenerCount("error") > 0;
      if (listens) reader.emit("error", error);
      isHeard ||= listens;
      reader.close();
    }
    if (isDirect && this.listenerCount("error") > 0) this.destroy(error);
    else this.destroy();
    if (!isHeard && !(isDirect && this.errored)) this.refuse(error);
  }

  /** Leaving a `for await` early is no error. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    callback(error?.name === "AbortError" ? null : error);
  }
}

/**
 * Puts the stream in the place of `process.stdin`; one that has ended is followed by a new one. `refuse` ends a cell that waits
 * for an answer which cannot come.
 */
export function installStdin(ask: Input["input"], refuse: (error: Error) => void): void {
  let stream: JupyterStdin | undefined;
  const present = (): JupyterStdin => {
    if (stream === undefined || stream.destroyed) stream = new JupyterStdin(ask, refuse);
    return stream;
  };
  Object.defineProperty(process, "stdin", { get: present, configurable: true, enumerable: true });
  for (const module of [readlineModule, readlinePromises] as unknown as { createInterface: Create }[]) {
    const create = module.createInterface;
    module.createInterface = (...args) => {
      const before = stream?.listenerCount("data") ?? 0;
      const made = create(...args);
      if (stream !== undefined && made.input === stream) stream.attach(made, before);
      return made;
    };
  }
  syncBuiltinESMExports();
}
