/** What students see, and from when. */
import type { Roster } from "../archive/roster";
import { dueTime } from "../grading/due";
import { dueOf, type MarksOptions } from "../grading/marks";

/**
 * `now`: what a student can find out alone, by visible tests. `due`: after the due time also hidden tests. `all`: after the release
 * also points and comments by people.
 */
export type Stage = "now" | "due" | "all";

/** The due time of whoever has the longest extension: people talk. */
function lastDue(options: MarksOptions & { readonly roster?: Roster }): number | undefined {
  const ids = options.roster?.people.map(({ id }) => id) ?? [];
  const times = ["", ...ids].map((id) => dueOf(id, options));
  return times[0] === undefined ? undefined : Math.max(...(times as number[]));
}

/** The stage at a moment. Without a release everything is shown at once; without a due time nothing hidden is shown before it. */
export function stageAt(time: number, options: MarksOptions): Stage {
  const { release, zone = "UTC" } = options;
  if (release === undefined || time >= dueTime(release, zone)) return "all";
  const due = lastDue(options);
  return due !== undefined && time > due + (options.graceMs ?? 0) ? "due" : "now";
}
