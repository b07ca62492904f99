/** Ways to a language service: a thread of this process, or the server of a batch of notebooks. */
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import {
  type LanguageOptions,
  type LanguageReply,
  type LanguageRequest,
  WORKER_LIMITS,
} from "../language/language-api";
import type { Hello } from "../language/server";

export interface LinkEvents {
  readonly onReply: (reply: LanguageReply) => void;
  /** The link is gone, with the requests that were not answered. */
  readonly onLost: (error: Error) => void;
}

/** A connection with a language service; it does not keep the process alive. */
export interface LanguageLink {
  send(request: LanguageRequest): void;
  close(): Promise<void>;
}

const LANGUAGE_FOLDER = join(__dirname, "..", "language");

/** A language service in a thread of its own. */
export function languageThread(options: LanguageOptions, { onReply, onLost }: LinkEvents): LanguageLink {
  const worker = new Worker(join(LANGUAGE_FOLDER, "language-worker.js"), {
    workerData: options,
    resourceLimits: WORKER_LIMITS,
  });
  worker.unref();
  worker.on("message", onReply);
  worker.on("error", onLost);
  worker.on("exit", () => onLost(new Error("the language service ended")));
  return {
    send: (request) => worker.postMessage(request),
    close: async () => void (await worker.terminate()),
  };
}

/** A session of the language server at `path`. */
export function languageServer(path: string, cwd: string, { onReply, onLost }: LinkEvents): LanguageLink {
  const socket = connect(path);
  socket.unref();
  socket.write(`${JSON.stringify({ language: LANGUAGE_FOLDER, cwd } satisfies Hello)}\n`);
  const take = (line: string): void => {
    let reply: LanguageReply;
    try {
      reply = JSON.parse(line) as LanguageReply;
    } catch (error) {
      // A server that was killed in the middle of a reply leaves half a line.
      socket.destroy();
      return onLost(error as Error);
    }
    onReply(reply);
  };
  createInterface({ input: socket }).on("line", take).on("error", onLost);
  socket.on("error", onLost);
  socket.on("close", () => onLost(new Error("the language server ended")));
  return {
    send: (request) => socket.write(`${JSON.stringify(request)}\n`),
    close: () => Promise.resolve(void socket.destroy()),
  };
}
