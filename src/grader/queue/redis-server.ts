/** A Redis server of our own, for local use: reached by a socket file alone, with every step on the disk before it counts. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findProgram, findRedisServer } from "../sandbox/programs";
import { answers } from "./queue-connection";

export interface RedisServer {
  /** The socket's file. */
  readonly socket: string;
  readonly pid: () => number | undefined;
  /** Resolves when it answers. @throws Error with what it said last, when it ends again and again before */
  ready(signal?: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

const RESTART_MS = 200;
/** A server that ended so often before it answered will not answer. */
const MOST_STARTS = 3;
const FAREWELL_MS = 5_000;

/** The newest words of a process, for messages. */
function tail(child: ChildProcess, keep: (text: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => keep(chunk.toString()));
}

/**
 * Starts a server whose data lie in `data` and whose socket in `scratch`; one that dies is started again on the same data.
 * @throws Error that says how to get one when there is none
 */
export function startRedis(data: string, scratch: string): RedisServer {
  const program = findRedisServer();
  if (program === undefined)
    throw new Error(
      "There is no redis-server: install it (apt install redis-server, or npm run setup in a clone), or grade without --workers.",
    );
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const socket = join(scratch, "redis");
  const args = [
    ...["--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", data],
    ...["--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction"],
  ];
  // Should this process be killed, the server ends too, in order.
  const setpriv = findProgram("setpriv");
  const [command, ...rest] = setpriv ? [setpriv, "--pdeathsig", "TERM", "--", program, ...args] : [program, ...args];
  let child: ChildProcess;
  let [stopping, answered, starts, words] = [false, false, 0, ""];
  const launch = (): void => {
    starts++;
    child = spawn(command!, rest, { stdio: ["ignore", "pipe", "pipe"] });
    tail(child, (text) => (words = (words + text).slice(-4000)));
    child.on("error", (error) => (words += error.message));
    child.on("exit", () => {
      const hopeless = !answered && starts >= MOST_STARTS;
      if (!stopping && !hopeless) setTimeout(() => !stopping && launch(), RESTART_MS);
    });
  };
  launch();
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    socket,
    pid: () => child.pid,
    async ready(signal) {
      while (!signal?.aborted && !(await answers(socket, 1000))) {
        if (starts >= MOST_STARTS && isOver())
          throw new Error(`the queue's server does not start: ${lastLines(words)}`);
      }
      answered = true;
    },
    async stop() {
      stopping = true;
      if (isOver()) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      const insist = setTimeout(() => child.kill("SIGKILL"), FAREWELL_MS);
      await ended;
      clearTimeout(insist);
    },
  };
}

const lastLines = (text: string): string => text.trim().split("\n").slice(-4).join(" / ");
