/** Whether a step does again what a tape says. */
import { tf } from "../tf";
import { checkSameTape } from "./compare";
import { dryRun } from "./dry-run";
import { nativeBackend } from "./native";
import { recordTape, type StepFunction, type StepInputs } from "./record";
import { withStateRestored } from "./state";
import type { Tape } from "./tape";
import { withoutPlaces } from "./unsupported";

/**
 * Runs the step as step `number` and throws an `UnsupportedStep` when it does something else than the tape says; nothing
 * changes.
 *
 * @param inputs makes its inputs, which are disposed of.
 */
export function checkSameStep(tape: Tape, step: StepFunction, inputs: () => StepInputs, number: number): void {
  checkSameTape(tape, recordAnew(step, inputs, number));
}

/** The same without computing anything: much quicker. What it finds may be wrong, which a run in earnest then shows. */
export function differsWithoutComputing(
  tape: Tape,
  step: StepFunction,
  inputs: () => StepInputs,
  number: number,
): boolean {
  const compare = (begin: () => void) => checkSameTape(tape, recordAnew(step, inputs, number, begin));
  try {
    withoutPlaces(() => dryRun(nativeBackend(), tape, compare));
    return false;
  } catch {
    return true;
  }
}

function recordAnew(step: StepFunction, inputs: () => StepInputs, number: number, begin?: () => void): Tape {
  return withStateRestored(() => {
    const [given, scalar] = [inputs(), tf.scalar(number, "int32")];
    try {
      return recordTape(step, given, scalar, { begin });
    } finally {
      tf.dispose([given, scalar]);
    }
  });
}
