/**
 * System calls that are closed in a sandbox: those of System V's shared memory, semaphores and message queues. What they
 * allocate belongs to no process, so that no limit and no watch would see it. A seccomp filter in the form that the kernel
 * reads (linux/filter.h, linux/seccomp.h); the calls end with EPERM.
 */

/** AUDIT_ARCH of linux/audit.h, and the calls' numbers there: shmget, semget, msgget. */
const numbers: Readonly<Record<string, { readonly arch: number; readonly calls: readonly number[] }>> = {
  x64: { arch: 0xc000003e, calls: [29, 64, 68] },
  arm64: { arch: 0xc00000b7, calls: [194, 190, 186] },
};

const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const RETURN = 0x06;
const ALLOW = 0x7fff0000;
const REFUSE = 0x00050001; // EPERM
/** Where the number of the call and the architecture stand in what the filter is given. */
const CALL = 0;
const ARCH = 4;
/** Calls of the x32 interface have numbers of their own, from here. */
const X32 = 0x40000000;

type Step = readonly [code: number, value: number];

/** The filter's bytes; undefined for processors whose numbers are not known here. Calls of other architectures are refused. */
export function closedCalls(processor: string = process.arch): Buffer | undefined {
  const known = numbers[processor];
  if (known === undefined) return undefined;
  const refusing: Step[] = [[IF_AT_LEAST, X32], ...known.calls.map((call): Step => [IF_EQUAL, call])];
  const length = 3 + refusing.length + 2;
  const bytes = Buffer.alloc(8 * length);
  let at = 0;
  const put = (code: number, value: number, ifTrue = 0, ifFalse = 0): void => {
    bytes.writeUInt16LE(code, 8 * at);
    bytes.writeUInt8(ifTrue, 8 * at + 2);
    bytes.writeUInt8(ifFalse, 8 * at + 3);
    bytes.writeUInt32LE(value, 8 * at + 4);
    at += 1;
  };
  const toTheEnd = (): number => length - 2 - at;
  put(LOAD, ARCH);
  put(IF_EQUAL, known.arch, 0, toTheEnd());
  put(LOAD, CALL);
  for (const [code, value] of refusing) put(code, value, toTheEnd(), 0);
  put(RETURN, ALLOW);
  put(RETURN, REFUSE);
  return bytes;
}
