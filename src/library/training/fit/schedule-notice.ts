/** A schedule that was made for a longer run than the one that follows it. */
import type { tf } from "../../engine/tf";
import type { Optimizer } from "../../techniques/optimizers/optimizer";
import { scheduleLength } from "../../techniques/schedules/described";

/**
 * What is said when a run of `steps` steps ends before its schedule does, such as a last boundary that no step reaches; undefined
 * when it does not. Not an error: a run may be the first part of a longer one.
 */
export function scheduleNotice({ optimizer }: tf.LayersModel, steps: number): string | undefined {
  const { schedule, iterations = 0 } = optimizer as Partial<Optimizer>;
  const length = schedule && scheduleLength(schedule);
  const end = iterations + steps;
  if (length === undefined || steps <= 0 || end >= length) return undefined;
  const name = schedule?.name ?? "the schedule";
  return `The rate follows ${name} up to step ${Math.ceil(length)}, but this run ends with step ${end}: what the schedule does after that has no effect.`;
}
