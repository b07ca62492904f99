import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";

/** Where the main thread finds the writing ends. */
export interface NativePipes {
  readonly folder: string;
  readonly stdout: string;
  readonly stderr: string;
}

type Name = "stdout" | "stderr";

/** The main thread loads its modules first. */
const MAIN_LIMIT_MS = 10_000;
/** The most that a pipe is allowed to hold (Linux: /proc/sys/fs/pipe-max-size). */
const PIPE_BYTES = 1024 * 1024;

/**
 * Catches what native code and child processes write to the file descriptors 1 and 2. Node cannot call dup2, so the main
 * thread closes the descriptor and opens a FIFO in its place (POSIX gives the lowest free number); this side reads it.
 * Meanwhile this side waits: should another thread open something just then, it would get the number, and Node aborts when such a
 * number is closed. The FIFOs are removed as soon as both ends are open: nothing stays on disk.
 */
export class NativeOutput {
  private readonly readers: { name: Name; fd: number; decoder: StringDecoder; socket: Socket }[] = [];
  readonly pipes: NativePipes | undefined;

  constructor(private readonly receive: (name: Name, text: string) => void) {
    if (process.platform === "win32") return;
    try {
      this.pipes = this.open();
    } catch {
      // No mkfifo, or no writable temporary folder: such output then goes to the kernel's own log.
    }
  }

  /** Reads all that is there by now: called before a cell becomes idle. No more than a pipe holds: its writer may go on. */
  drain(): void {
    const buffer = Buffer.allocUnsafe(64 * 1024);
    for (const { fd, name, decoder, socket } of this.readers) {
      // What was read before a pause comes first; `read` hands it on as data.
      while (socket.isPaused() && socket.read() !== null);
      for (let left = PIPE_BYTES; left > 0;) {
        const length = readNow(fd, buffer);
        if (length === 0) break;
        left -= length;
        this.receive(name, decoder.write(buffer.subarray(0, length)));
      }
    }
  }

  /** Stops reading, so that those who write must wait, or goes on. */
  pause(paused: boolean): void {
    for (const { socket } of this.readers) {
      if (paused) socket.pause();
      else socket.resume();
    }
  }

  /**
   * Waits until the main thread has put the FIFOs into their places; nothing of this thread must be running by then.
   * @param places element 0 is 1 once it has
   */
  waitForMain(places: Int32Array): void {
    if (this.pipes !== undefined) Atomics.wait(places, 0, 0, MAIN_LIMIT_MS);
  }

  /** Removes the FIFOs' names once the main thread has opened them. */
  unlink(): void {
    if (this.pipes !== undefined) rmSync(this.pipes.folder, { recursive: true, force: true });
  }

  private open(): NativePipes {
    const folder = mkdtempSync(join(tmpdir(), "dnn-lab-"));
    const pipes = { folder, stdout: join(folder, "1"), stderr: join(folder, "2") };
    if (spawnSync("mkfifo", ["-m", "600", pipes.stdout, pipes.stderr]).status !== 0) {
      rmSync(folder, { recursive: true, force: true });
      throw new Error("mkfifo failed");
    }
    for (const name of ["stdout", "stderr"] as const) this.listen(name, pipes[name]);
    return pipes;
  }

  private listen(name: Name, path: string): void {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const socket = new Socket({ fd, readable: true, writable: false });
    const decoder = new StringDecoder("utf8");
    socket.on("data", (chunk) => this.receive(name, decoder.write(chunk)));
    socket.on("error", () => undefined);
    socket.unref();
    this.readers.push({ name, fd, decoder, socket });
  }
}

/** Reads what is there; 0 when the pipe is empty (EAGAIN). */
function readNow(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer);
  } catch {
    return 0;
  }
}

/** Main thread: puts the FIFO in the place of a file descriptor; false when that could not be done. */
export function redirect(descriptor: 1 | 2, path: string): boolean {
  closeSync(descriptor);
  const opened = openSync(path, "w");
  if (opened === descriptor) return true;
  // Another thread took the number in between: put something harmless there.
  closeSync(opened);
  return false;
}
