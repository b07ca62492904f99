/** How the queue's server is reached. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

/** `redis://host:port`, `rediss://…`, or the path of a socket. */
export function connect(address: string): Redis {
  const options = { maxRetriesPerRequest: null, retryStrategy: (tries: number) => Math.min(100 * tries, 2000) };
  const redis = address.includes("://") ? new Redis(address, options) : new Redis({ ...options, path: address });
  // It connects again by itself; without a listener each failure would end the process.
  redis.on("error", () => undefined);
  return redis;
}

/** Whether a server answers there within a time. */
export async function answers(address: string, milliseconds: number): Promise<boolean> {
  const redis = connect(address);
  const timer = new AbortController();
  try {
    const said = redis.ping().then(
      () => true,
      () => false,
    );
    return await Promise.race([said, sleep(milliseconds, false, { signal: timer.signal })]);
  } finally {
    timer.abort();
    redis.disconnect();
  }
}

/**
 * Whoever reaches the queue's server decides what workers do: beyond this machine it has a password.
 * @throws TypeError for an address that cannot be read or has none
 */
export function checkAddress(address: string): void {
  if (!address.includes("://")) return;
  if (!URL.canParse(address) || !/^rediss?:$/.test(new URL(address).protocol))
    throw new TypeError(
      `--redis must be redis://:password@host:port, rediss://… or a socket's path, received '${address}'`,
    );
  const { hostname, password } = new URL(address);
  const isLocal = ["localhost", "[::1]"].includes(hostname) || /^127\./.test(hostname);
  if (password === "" && !isLocal)
    throw new TypeError(
      `${address} has no password, and whoever reaches the queue decides what workers do: set one (requirepass), and give redis://:password@${hostname}`,
    );
}
