/** The history of a run as a table. */
import type { DataFrame } from "./data-frame";
import { show } from "dnn-lab-core/check";
import type { History } from "../../training/history";
import { dataFrame } from "./danfo";

/**
 * A row for each epoch (numbered from 1, as in progress lines), a column for each metric. First used in In[21].
 *
 * @throws TypeError when the history is empty or a metric lacks epochs.
 * @example await display(historyTable(history));
 */
export function historyTable(history: Pick<History, "epoch" | "history">): DataFrame {
  if (!Array.isArray(history?.epoch) || history.history === null || typeof history.history !== "object") {
    throw new TypeError(`historyTable: expected a History as fit returns it, received ${show(history)}.`);
  }
  const epochs = history.epoch.length;
  if (epochs === 0) throw new TypeError("historyTable: the history has no epochs; train for at least one.");
  for (const [name, values] of Object.entries(history.history)) {
    if (values.length !== epochs)
      throw new TypeError(`historyTable: ${epochs} epochs but ${values.length} values of ${name}.`);
  }
  return dataFrame({ epoch: history.epoch.map((epoch) => epoch + 1), ...history.history });
}
