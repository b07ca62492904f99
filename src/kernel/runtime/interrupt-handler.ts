import { Object, realm } from "../intrinsics";
import { INTERRUPT_HANDLER } from "../protocol/bridge";
import { nodeBinding } from "../protocol/node-internals";
import { currentCell } from "./cells";
import type { Place } from "./place";
import { stackPlace } from "./stack/prepare-stacks";

/** Node's binding that holds the stack of asynchronous contexts. */
interface AsyncWrap {
  clearAsyncIdStack(): void;
  /** Counters that Node's native half reads: among them how many hooks there are, and whether the stack is checked. */
  async_hook_fields: Uint32Array;
  constants: { kTotals: number; kCheck: number };
}

/**
 * Installs the function that the protocol worker calls through the inspector, in the middle of the code that runs. It answers
 * "busy" when JavaScript is running that can be terminated, and prepares for that. While the kernel itself talks to V8's
 * inspector nothing may be terminated: V8 would abort. Newer V8s interrupt between two microtasks as well, where there is no
 * frame on the stack; a main thread that is `deaf` (it takes no messages) is busy all the same.
 *
 * Returns a function to be called before the next work, which sets right what the termination has left behind.
 */
export function installInterruptHandler(inKernel: () => boolean): () => void {
  const checks = new AsyncChecks();
  const handler = (deaf: boolean): "busy" | "idle" => {
    const { depth, place } = interruptedStack();
    if ((depth === 0 && !deaf) || inKernel()) return "idle";
    const cell = currentCell();
    cell.interrupted = true;
    cell.stoppedAt ??= place;
    checks.suspend();
    return "busy";
  };
  Object.defineProperty(realm, INTERRUPT_HANDLER, { value: handler, enumerable: false });
  return () => checks.resume();
}

/**
 * Node 20 aborts at the end of a callback when its stack of asynchronous contexts is not empty and there are hooks, which
 * `AsyncLocalStorage` is. A termination unwinds nothing, so from before it until the next work the native half is told that
 * there are no hooks; clearing the stack alone is not enough, for microtasks that run in between push their contexts again.
 */
class AsyncChecks {
  private readonly wrap = nodeBinding<AsyncWrap>("async_wrap");
  private check: number | undefined;

  suspend(): void {
    const { async_hook_fields: fields, constants } = this.wrap ?? {};
    if (this.check !== undefined || fields === undefined || constants === undefined) return;
    this.check = fields[constants.kCheck] as number;
    fields[constants.kTotals] = 0;
    fields[constants.kCheck] = 0;
  }

  resume(): void {
    const { async_hook_fields: fields, constants } = this.wrap ?? {};
    if (this.check === undefined || fields === undefined || constants === undefined) return;
    this.wrap?.clearAsyncIdStack?.();
    // The fields before the total count the hooks of each kind.
    let total = 0;
    for (let kind = 0; kind < constants.kTotals; kind += 1) total += fields[kind] as number;
    fields[constants.kTotals] = total;
    fields[constants.kCheck] = this.check;
    this.check = undefined;
  }
}

/** How many frames there are below the handler and the inspector's evaluation that called it, and where the notebook's code is. */
function interruptedStack(): { readonly depth: number; readonly place: Place | undefined } {
  const { depth, place } = stackPlace();
  // stackPlace, this function, the handler and the evaluated expression.
  return { depth: depth - 4, place };
}
