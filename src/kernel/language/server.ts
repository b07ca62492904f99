/**
 * The language for several kernels, in a process of its own: `node server.js <socket>`. Types are loaded once for a folder
 * instead of once for a kernel, which is most of what a short notebook costs.
 *
 * A kernel connects and sends {@link Hello} as a line of JSON, then a `LanguageRequest` a line; each is answered by a
 * `LanguageReply`. A connection is a notebook session: when it ends its cells are forgotten, and the loaded types wait for the
 * next one of the same folder. What was read of installed packages and of the tsconfig.json holds for as long as the server
 * does, so it is meant for a batch. It ends when its standard input does: with the process that started it.
 */
import { rmdirSync, unlinkSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { answer } from "./answer";
import { loadTypeScript } from "./load-typescript";
import type { LanguageApi, LanguageRequest } from "./language-api";

/** What a kernel says first. */
export interface Hello {
  /** Folder of the kernel's own language: only a kernel of this very installation is served. */
  readonly language: string;
  /** The notebook's folder. */
  readonly cwd: string;
}

/** Sessions that wait for a notebook, in all folders together: each holds types, 60 to 150 MB. */
const MOST_WAITING = 4;

class Sessions {
  /** The one that waits longest comes first. */
  private readonly waiting: { readonly cwd: string; readonly language: LanguageApi }[] = [];

  take(cwd: string): LanguageApi {
    const at = this.waiting.findIndex((each) => each.cwd === cwd);
    if (at >= 0) return this.waiting.splice(at, 1)[0].language;
    // As late as possible: the server listens before TypeScript is loaded.
    const { createLanguage } = require("./index") as typeof import("./index");
    return createLanguage({ cwd });
  }

  give(cwd: string, language: LanguageApi): void {
    language.reset();
    this.waiting.push({ cwd, language });
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
  }
}

function serve(socket: Socket, sessions: Sessions): void {
  let session: { cwd: string; language: LanguageApi } | undefined;
  const take = (line: string): void => {
    const message = JSON.parse(line) as Hello | LanguageRequest;
    if (session !== undefined) {
      const { language } = session;
      socket.write(`${JSON.stringify(answer(() => language, message as LanguageRequest))}\n`);
      return;
    }
    const { language, cwd } = message as Hello;
    if (language === __dirname) session = { cwd, language: sessions.take(cwd) };
    else socket.destroy();
  };
  const lines = createInterface({ input: socket });
  lines.on("line", (line) => {
    try {
      take(line);
    } catch {
      socket.destroy(); // the kernel goes on with a language of its own
    }
  });
  // "close" reports the end.
  for (const source of [lines, socket]) source.on("error", () => undefined);
  socket.on("close", () => {
    if (session !== undefined) sessions.give(session.cwd, session.language);
    session = undefined;
  });
}

function main(path: string | undefined): void {
  if (path === undefined) throw new Error("usage: server.js <socket>");
  const sessions = new Sessions();
  const server = createServer((socket) => serve(socket, sessions));
  server.listen(path, () => {
    process.stdout.write("listening\n");
    setImmediate(() => {
      loadTypeScript();
      void require("./index");
    });
  });
  process.stdin.resume().on("end", () => {
    removeSocket(path);
    process.exit();
  });
}

/** Removes the socket, and its folder when nothing else is in it: whoever made them may have been killed. */
function removeSocket(path: string): void {
  try {
    unlinkSync(path);
    rmdirSync(dirname(path));
  } catch {
    // A pipe of Windows, or a folder with other files.
  }
}

main(process.argv[2]);
