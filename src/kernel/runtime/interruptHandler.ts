import { INTERRUPT_HANDLER } from "../protocol/bridge";
import { nodeBinding } from "../protocol/nodeInternals";
import { currentCell } from "./cells";

/** Node's binding that holds the stack of asynchronous contexts. */
interface AsyncWrap {
  clearAsyncIdStack(): void;
}

/**
 * Installs the function that the protocol worker calls through the inspector, in the middle of whatever runs. It answers
 * "busy" when JavaScript is running that can be terminated, and prepares for that: after a termination Node 20 aborts when its
 * stack of asynchronous contexts, which nobody has unwound, is not empty. While the kernel itself talks to V8's inspector
 * nothing may be terminated: V8 would abort.
 */
export function installInterruptHandler(inKernel: () => boolean): void {
  const wrap = nodeBinding<AsyncWrap>("async_wrap");
  const handler = (): "busy" | "idle" => {
    if (callDepth() === 0 || inKernel()) return "idle";
    currentCell().interrupted = true;
    wrap?.clearAsyncIdStack?.();
    return "busy";
  };
  Object.defineProperty(globalThis, Symbol.for(INTERRUPT_HANDLER), { value: handler, enumerable: false });
}

/** How many frames there are below the handler and the inspector's evaluation that called it. */
function callDepth(): number {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = 6;
  Error.prepareStackTrace = (_error, sites) => sites.length;
  try {
    // callDepth, the handler and the evaluated expression.
    return (new Error().stack as unknown as number) - 3;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    Error.prepareStackTrace = prepareStackTrace;
  }
}
