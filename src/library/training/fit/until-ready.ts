/** Waiting for data that the user may be tired of. */
import { delay } from "dnn-lab-core/delay";
import { checkInterrupt } from "dnn-lab-core/interrupt";

const LOOK_MS = 100;

/** Waits; the notebook's stop button ends it. */
export async function untilReady(owner: string, waiting: Promise<void>): Promise<void> {
  let done = false;
  const over = waiting.finally(() => (done = true));
  // An error is met below, and by nobody when the user has stopped waiting.
  over.catch(() => undefined);
  while (!done) {
    await Promise.race([over, delay(LOOK_MS)]);
    if (!done) checkInterrupt(owner);
  }
  await over;
}
