/** Finds a misspelt metric before the first epoch rather than after it. */
import type { Callback } from "./callback";
import { missingMetric } from "./monitored";

export interface MonitorChecks {
  readonly callbacks: readonly Callback[];
  /** Names that `fit` itself writes into the logs. */
  readonly metricNames: readonly string[];
  readonly notify: (line: string) => void;
}

/**
 * Throws when a callback follows a metric that neither `fit` nor a callback before it gives. Where one of those may write
 * any name, the user is told instead.
 */
export function checkMonitors({ callbacks, metricNames, notify }: MonitorChecks): void {
  const names = new Set(metricNames);
  let mayBeOthers = false;
  for (const callback of callbacks) {
    const { monitor, name = "a callback" } = callback;
    const owner = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    if (monitor !== undefined && !names.has(monitor)) {
      const error = missingMetric(owner, monitor, [...names]);
      if (!mayBeOthers) throw error;
      notify(`${error.message} Unless a callback before it adds it, training ends after the first epoch.`);
    }
    callback.addsToLogs?.forEach((added) => names.add(added));
    mayBeOthers ||= callback.addsToLogs === undefined && callback.onEpochEnd !== undefined;
  }
}
