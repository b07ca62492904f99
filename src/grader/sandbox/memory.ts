/** Memory that processes of a sandbox hold, shared memory and files in memory too, as seen from outside. */
import { readdirSync, readFileSync, readlinkSync, statfsSync, statSync } from "node:fs";
import { quietly } from "./quietly";

/** Bytes of memory that a process has of its own, and of shared memory that it has mapped. */
function residentOf(pid: string): number {
  const status = quietly(() => readFileSync(`/proc/${pid}/status`, "utf8")) ?? "";
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
  return 1024 * (field("RssAnon") + field("RssShmem") + field("VmSwap"));
}

/** Bytes in files without a name that live in memory (memfd), by what identifies them: several processes may have one open. */
function unnamedFilesOf(pid: string, found: Map<string, number>): void {
  for (const fd of quietly(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
    const path = `/proc/${pid}/fd/${fd}`;
    if (!/^\/(memfd:|dev\/shm\/|dev\/zero)/.test(quietly(() => readlinkSync(path)) ?? "")) continue;
    const about = quietly(() => statSync(path));
    // A file that has a name is counted with its file system.
    if (about && about.nlink === 0) found.set(`${about.dev} ${about.ino}`, about.blocks * 512);
  }
}

/** Folders of a sandbox that lie in memory. */
const inMemory = ["/tmp", "/home/student", "/dev/shm"];

function filesOf(pid: string): number {
  const sizes = inMemory.map((folder) => {
    const about = quietly(() => statfsSync(`/proc/${pid}/root${folder}`));
    // tmpfs; anything else is not in memory.
    return about?.type === 0x01021994 ? (about.blocks - about.bfree) * about.bsize : 0;
  });
  return sizes.reduce((sum, each) => sum + each, 0);
}

/** Bytes that the processes of one sandbox hold together. */
export function memoryOf(pids: readonly string[]): number {
  const unnamed = new Map<string, number>();
  for (const pid of pids) unnamedFilesOf(pid, unnamed);
  const files = pids.length ? filesOf(pids.at(-1)!) : 0;
  const all = [...pids.map(residentOf), ...unnamed.values(), files];
  return all.reduce((sum, each) => sum + each, 0);
}
