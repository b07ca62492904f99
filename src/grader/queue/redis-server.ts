/** A Redis server of our own, for local use: reached by a socket file alone, with every step on the disk before it counts. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findProgram, findRedisServer } from "../sandbox/programs";

export interface RedisServer {
  /** The socket's file. */
  readonly socket: string;
  readonly pid: () => number | undefined;
  stop(): Promise<void>;
}

const RESTART_MS = 200;

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
  let stopping = false;
  const launch = (): void => {
    child = spawn(command!, rest, { stdio: "ignore" });
    child.on("exit", () => !stopping && setTimeout(() => !stopping && launch(), RESTART_MS));
  };
  launch();
  return {
    socket,
    pid: () => child.pid,
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      await new Promise((resolve) => child.once("exit", resolve) && child.kill("SIGTERM"));
    },
  };
}
