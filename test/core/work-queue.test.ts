/** Addresses of a queue's server, and how it is connected to. */
import { answersWithin, checkRedisAddress, connectTo, WORKER_SETTINGS, withoutPassword } from "dnn-lab-core/work-queue";
import { describe, expect, it, vi } from "vitest";

describe("an address", () => {
  it.each([
    "/run/redis.sock",
    "redis://localhost:6379",
    "redis://127.0.0.1",
    "redis://127.8.0.1:1",
    "redis://[::1]:6379",
    "redis://:secret@queue.example:6379",
    "rediss://user:secret@queue.example",
  ])("that is right: %s", (address) => {
    expect(() => checkRedisAddress("--redis", address)).not.toThrow();
  });

  it.each(["http://localhost", "redis2://localhost", "xredis://localhost", "redis://", "redis:///0", "redis://a:b:c"])(
    "that cannot be read: %s",
    (address) => {
      expect(() => checkRedisAddress("--redis", address)).toThrow(
        `--redis must be redis://:password@host:port, rediss://… or a socket's path, received '${address}'`,
      );
    },
  );

  it.each(["redis://queue.example:6379", "rediss://10.127.0.1", "redis://user@queue.example"])(
    "that anybody could use: %s",
    (address) => {
      const { hostname } = new URL(address);
      expect(() => checkRedisAddress("--redis", address)).toThrow(
        `${address} has no password, and whoever reaches the queue decides what workers do: set one (requirepass), and give redis://:password@${hostname}`,
      );
    },
  );

  it("is shown without its password", () => {
    expect(withoutPassword("redis://:secret@host:1")).toBe("redis://…@host:1");
    expect(withoutPassword("redis://host/0")).toBe("redis://host/0");
  });
});

/** What ioredis' class is asked for. */
function fakeRedis() {
  const made: unknown[][] = [];
  class Redis {
    readonly listeners = new Map<string, () => void>();
    readonly disconnect = vi.fn();
    ping = (): Promise<string> => Promise.resolve("PONG");
    constructor(...args: unknown[]) {
      made.push(args);
    }
    on(event: string, listener: () => void): void {
      this.listeners.set(event, listener);
    }
  }
  return { Redis, made };
}

describe("a connection", () => {
  it("is made to an address or to a socket, never gives up, and ends nobody's process", () => {
    const { Redis, made } = fakeRedis();
    const redis = connectTo(Redis, "redis://localhost:1");
    connectTo(Redis, "/run/redis.sock");
    expect(made).toEqual([
      ["redis://localhost:1", { maxRetriesPerRequest: null, retryStrategy: expect.any(Function) as unknown }],
      [{ maxRetriesPerRequest: null, retryStrategy: expect.any(Function) as unknown, path: "/run/redis.sock" }],
    ]);
    const { retryStrategy } = made[0]![1] as { retryStrategy(tries: number): number };
    expect([1, 5, 20, 1000].map(retryStrategy)).toEqual([100, 500, 2000, 2000]);
    expect(redis.listeners.get("error")).toBeTypeOf("function");
  });

  it.each([
    ["answers", () => Promise.resolve("PONG"), true],
    ["refuses", () => Promise.reject(new Error("NOAUTH")), false],
    ["is silent", () => new Promise<string>(() => undefined), false],
  ])("to a server that %s is closed afterwards", async (_, ping, expected) => {
    const { Redis } = fakeRedis();
    const redis = new Redis();
    redis.ping = ping;
    expect(await answersWithin(redis, 20)).toBe(expected);
    expect(redis.disconnect).toHaveBeenCalledOnce();
  });
});

it("workers lose a job only after they were silent for several checks", () => {
  expect(WORKER_SETTINGS.lockDuration).toBeGreaterThanOrEqual(2 * WORKER_SETTINGS.stalledInterval);
  expect(WORKER_SETTINGS.maxStalledCount).toBeGreaterThan(1);
  expect(WORKER_SETTINGS.concurrency).toBe(1);
});
