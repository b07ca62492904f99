/** What the machine offers to an engine. */
import { availableParallelism, readFileSync } from "../platform";

/** Instruction sets that decide how fast matrices multiply, by their names in /proc/cpuinfo (x86 and ARM). */
const decisive = [
  "sse4_2",
  "avx",
  "avx2",
  "fma",
  "f16c",
  "avx512f",
  "avx512_vnni",
  "avx512_bf16",
  "amx_tile",
  "asimd",
  "asimddp",
  "sve",
];

/** Decisive features named in a cpuinfo text. */
export function featuresIn(cpuinfo: string): string[] {
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo);
  const present = new Set(line?.[1].split(/\s+/));
  return decisive.filter((name) => present.has(name));
}

/** Instruction sets of this processor that matter here; undefined where the system does not report them. */
export function cpuFeatures(): readonly string[] | undefined {
  try {
    return featuresIn(readFileSync("/proc/cpuinfo", "utf8"));
  } catch {
    return undefined;
  }
}

/** Number of threads that can run at once. */
export function threadCount(): number {
  return availableParallelism();
}
