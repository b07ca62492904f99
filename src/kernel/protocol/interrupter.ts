import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Session } from "node:inspector";
import { delay } from "dnn-lab-core/delay";
import { INTERRUPT_HANDLER } from "./bridge";

/** How long libraries have to stop by themselves when nobody has said that it listens to the flag. */
const GRACE_MS = 500;
/** The same for a library that listens: its running step may take a while. */
const LISTENING_GRACE_MS = 5_000;
/** A second interrupt within this time does not wait. */
const FORCE_WITHIN_MS = 2_000;
const NATIVE_AFTER_MS = 250;
const ASK_AGAIN_MS = 2_000;
const TERMINATION_MS = 20;
const RETRY_MS = 500;
/** An idle main thread takes a message sooner; one that does not is held up by microtasks without end. */
const IDLE_ANSWERS_MS = 250;

/** What the interrupter needs to know about the running cell. */
export interface Interruptible {
  /** The cell that runs on the main thread, if any. */
  readonly running: string | undefined;
  /** Resolves when no cell runs any more. */
  finished(): Promise<void>;
  /** Cancels a cell that has not reached the main thread yet. */
  cancel(): void;
  /** Sends the main thread a message that means nothing. */
  nudge(): void;
  /** Asks the main thread to end the cell as interrupted. */
  settle(cell: string): void;
}

/** A debugger, which may hold the main thread still. */
export interface Halting {
  readonly isStopped: boolean;
  /** Lets it go on. */
  release(): void;
}

/**
 * Stops what runs on the main thread. First the shared flag is raised and libraries may stop at a step's end; after a grace,
 * or at once when asked twice, V8 terminates the running JavaScript. The main thread's handler is called through the
 * inspector, which interrupts even an endless loop, and tells whether there is JavaScript to terminate: a termination
 * without any would hit the kernel's own next step.
 */
export class Interrupter {
  private inspector: Session | undefined;
  private last = -Infinity;
  private lastCell: string | undefined;
  private forced = false;
  private working: Promise<void> | undefined;
  private workingOn: string | undefined;

  constructor(
    private readonly flag: Int32Array,
    private readonly target: Interruptible,
    private readonly wakeInput: () => void,
    private readonly debug: Halting = { isStopped: false, release: () => undefined },
  ) {}

  /** Handles an interrupt_request or SIGINT. Resolves when what ran has ended or was told to. */
  async interrupt(): Promise<void> {
    const now = Date.now();
    // Only the same cell is asked twice.
    this.forced = this.target.running === this.lastCell && now - this.last < FORCE_WITHIN_MS;
    this.last = now;
    this.lastCell = this.target.running;
    Atomics.store(this.flag, 0, 1);
    Atomics.notify(this.flag, 0);
    this.wakeInput();
    if (this.target.running === undefined) this.target.cancel();
    // What is still being done about an earlier cell does nothing for this one.
    if (this.workingOn !== this.target.running) await this.working;
    this.workingOn = this.target.running;
    this.working ??= this.work().finally(() => {
      this.working = undefined;
    });
    await this.working;
  }

  /** Frees the main thread for its end, without grace and without waiting long. */
  async stopForExit(): Promise<void> {
    if (this.target.running === undefined) return;
    this.last = Date.now();
    this.lastCell = this.target.running;
    await Promise.race([this.interrupt(), delay(RETRY_MS)]);
  }

  /** The inspector must be gone before the process ends, or Node waits for it. */
  disconnect(): void {
    this.inspector?.disconnect();
    this.inspector = undefined;
  }

  private async work(): Promise<void> {
    await this.grace();
    await this.force();
    if (this.target.running === undefined) Atomics.store(this.flag, 0, 0);
  }

  private async grace(): Promise<void> {
    const until = Date.now() + (Atomics.load(this.flag, 1) > 0 ? LISTENING_GRACE_MS : GRACE_MS);
    // What stands still does not stop by itself, and must not go on.
    while (this.target.running !== undefined && !this.forced && !this.debug.isStopped && Date.now() < until) {
      await Promise.race([this.target.finished(), delay(20)]);
    }
  }

  /** Terminates JavaScript on the main thread, until the cell is over. */
  private async force(): Promise<void> {
    const cell = this.target.running;
    let deaf = false;
    do {
      const state = await this.askMainThread(deaf);
      if (state === "busy") await this.terminate();
      if (cell === undefined || this.target.running !== cell) return;
      if (state !== "returned") this.target.settle(cell);
      await Promise.race([this.target.finished(), delay(state === "idle" ? IDLE_ANSWERS_MS : RETRY_MS)]);
      deaf = state === "idle";
    } while (this.target.running === cell);
  }

  /**
   * Asks the handler whether JavaScript is running. No answer means native code, which cannot be terminated: once it has
   * returned, what it said is out of date, and the cell has a moment to end by itself. `deaf`: it said "idle" and took no
   * message since, so it was asked between two microtasks of a loop of them.
   */
  private async askMainThread(deaf: boolean): Promise<"busy" | "idle" | "returned"> {
    const answer = this.callHandler(deaf);
    if ((await Promise.race([answer, delay(NATIVE_AFTER_MS)])) !== undefined) return answer;
    interruptChildren();
    // A question may get lost in a termination, so it is repeated.
    const answers = [answer];
    while ((await Promise.race([...answers, delay(ASK_AGAIN_MS)])) === undefined) answers.push(this.callHandler(deaf));
    return "returned";
  }

  /**
   * A termination that comes too late hits whatever JavaScript runs next: a message without meaning takes it. V8 answers only
   * once something was terminated, so its answer is not waited for.
   */
  private async terminate(): Promise<void> {
    void this.post("Runtime.terminateExecution");
    this.debug.release();
    await delay(TERMINATION_MS);
    this.target.nudge();
  }

  private async callHandler(deaf: boolean): Promise<"busy" | "idle"> {
    // `this`, because a cell may declare any name.
    const expression = `this[${JSON.stringify(INTERRUPT_HANDLER)}](${deaf})`;
    const answer = (await this.post("Runtime.evaluate", { expression })) as
      { result?: { value?: "busy" | "idle" } } | undefined;
    return answer?.result?.value ?? "idle";
  }

  private post(method: string, parameters: object = {}): Promise<unknown> {
    if (this.inspector === undefined) {
      this.inspector = new Session();
      this.inspector.connectToMainThread();
    }
    const session = this.inspector;
    return new Promise((resolve) =>
      session.post(method, parameters, (_error: Error | null, result: unknown) => resolve(result)),
    );
  }
}

/** The main thread is inside native code, perhaps waiting for a child process: it is interrupted as a terminal would. */
function interruptChildren(): void {
  for (const pid of descendantsOf(process.pid)) {
    try {
      process.kill(pid, "SIGINT");
    } catch {
      // It has ended by itself.
    }
  }
}

/** A shell passes no signal on to what it waits for: children's children are asked as well. */
function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [...descendantsOf(child), child]);
}

function childrenOf(pid: number): number[] {
  return childList(pid).split(/\s+/).filter(Boolean).map(Number);
}

function childList(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  } catch {
    // No Linux, or no such file in its kernel.
  }
  try {
    return execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
