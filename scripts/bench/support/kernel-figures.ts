/** Figures of a kernel that are read from outside of it. */
import { readFileSync } from "node:fs";
import { summaryOf } from "./statistics";

const TICK_MS = 10;

/** The middle of the values; NaN are left out. */
export function median(values: readonly number[]): number {
  const numbers = values.filter((value) => !Number.isNaN(value));
  return numbers.length === 0 ? NaN : summaryOf(numbers).median;
}

/** Resident memory of a process; NaN where there is no /proc. */
export function residentMegabytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

/** Processor time that a process has used; NaN where there is no /proc. */
export function processorMilliseconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return NaN;
  }
}
