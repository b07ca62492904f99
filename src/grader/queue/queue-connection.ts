/** How the queue's server is reached. */
import { answersWithin, checkRedisAddress, connectTo } from "dnn-lab-core/work-queue";
import { Redis } from "ioredis";

/** `redis://host:port`, `rediss://…`, or the path of a socket. */
export const connect = (address: string): Redis => connectTo(Redis, address);

/** Whether a server answers there within a time. */
export const answers = (address: string, milliseconds: number): Promise<boolean> =>
  answersWithin(connect(address), milliseconds);

/** @throws TypeError for an address that cannot be read, or of another machine without a password */
export const checkAddress = (address: string): void => checkRedisAddress("--redis", address);
