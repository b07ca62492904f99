/** The trials of a search as a table. */
import { show } from "dnn-lab-core/check";
import type { TrialRecord, TuneResult } from "../../training/tuning/tune-result";
import { dataFrame } from "./danfo";
import type { DataFrame } from "./data-frame";

/**
 * A row for each trial of a search, the best first: number, hyperparameters, objective, status, epochs, seconds.
 *
 * A hyperparameter whose condition does not hold (`hp.when`) has an empty cell.
 * @throws TypeError when there are no trials.
 * @example await display(trialsTable(found));
 */
export function trialsTable({
  trials,
  objective,
  space,
}: Pick<TuneResult, "trials" | "objective" | "space">): DataFrame {
  if (!Array.isArray(trials) || trials.length === 0)
    throw new TypeError(`trialsTable: expected a result of tune with trials, received trials ${show(trials)}.`);
  const ranked = rankTrials({ trials, objective });
  const column = <T extends string | number>(read: (trial: TrialRecord) => T): T[] => ranked.map(read);
  const names = Object.keys(space);
  return dataFrame({
    trial: column(({ trial }) => trial),
    ...Object.fromEntries(names.map((name) => [name, column(({ settings }) => cell(settings[name]))])),
    [objective.metric]: column(({ value }) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : "")),
    status: column(({ status }) => status),
    epochs: column(({ epochs }) => epochs),
    seconds: column(({ seconds }) => Number(seconds.toFixed(1))),
  });
}

const cell = (value: unknown): string | number =>
  value === undefined ? "" : typeof value === "number" ? Number(value.toPrecision(4)) : String(value);

/** The trials from the best to the worst; those without a value last. Among equals the completed ones come first. */
export function rankTrials({ trials, objective }: Pick<TuneResult, "trials" | "objective">): TrialRecord[] {
  const sign = objective.direction === "min" ? 1 : -1;
  const key = ({ value }: TrialRecord): number => (Number.isFinite(value) ? sign * value : Infinity);
  const late = ({ status }: TrialRecord): number => Number(status !== "completed");
  // Infinity − Infinity is no order.
  return [...trials].sort((a, b) =>
    key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : late(a) - late(b) || a.trial - b.trial,
  );
}
