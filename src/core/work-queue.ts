/** What all queues of work on Redis have in common, whoever has BullMQ and a Redis client installed. */
import { delay } from "./delay";

/** How BullMQ's workers take jobs. */
export const WORKER_SETTINGS = {
  concurrency: 1,
  /** When a worker has not reported for this long, another worker gets its job. */
  lockDuration: 15_000,
  stalledInterval: 5_000,
  /** A job whose worker dies so often is given up. */
  maxStalledCount: 5,
} as const;

/** The part of ioredis' `Redis` that is used here. */
export interface RedisClient {
  on(event: "error", listener: () => void): unknown;
  ping(): Promise<string>;
  disconnect(): void;
}

interface RedisOptions {
  readonly maxRetriesPerRequest: null;
  readonly retryStrategy: (tries: number) => number;
  readonly path?: string;
}

/** ioredis' class. */
export interface RedisClass<Client extends RedisClient> {
  new (address: string, options: RedisOptions): Client;
  new (options: RedisOptions): Client;
}

/** Connects to `redis://host:port`, `rediss://…`, or the path of a socket. */
export function connectTo<Client extends RedisClient>(Redis: RedisClass<Client>, address: string): Client {
  const options = { maxRetriesPerRequest: null, retryStrategy: (tries: number) => Math.min(100 * tries, 2000) };
  const redis = address.includes("://") ? new Redis(address, options) : new Redis({ ...options, path: address });
  // It connects again by itself; without a listener each failure would end the process.
  redis.on("error", () => undefined);
  return redis;
}

/** Whether a server answers within a time; the connection is closed afterwards. */
export async function answersWithin(redis: RedisClient, milliseconds: number): Promise<boolean> {
  try {
    const said = redis.ping().then(
      () => true,
      () => false,
    );
    return await Promise.race([said, delay(milliseconds, { keepsAlive: false }).then(() => false)]);
  } finally {
    redis.disconnect();
  }
}

/**
 * Whoever reaches the queue's server decides what workers do: beyond this machine it has a password.
 *
 * @param owner begins the message: `--redis`
 * @throws TypeError for an address that cannot be read or has none
 */
export function checkRedisAddress(owner: string, address: string): void {
  if (!address.includes("://")) return;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url?.hostname || !/^rediss?:$/.test(url.protocol))
    throw new TypeError(
      `${owner} must be redis://:password@host:port, rediss://… or a socket's path, received '${address}'`,
    );
  const { hostname, password } = url;
  const isLocal = ["localhost", "[::1]"].includes(hostname) || /^127\./.test(hostname);
  if (password === "" && !isLocal)
    throw new TypeError(
      `${address} has no password, and whoever reaches the queue decides what workers do: set one (requirepass), and give redis://:password@${hostname}`,
    );
}

/** An address as it may be shown. */
export const withoutPassword = (address: string): string => address.replace(/\/\/[^@/]*@/, "//…@");
