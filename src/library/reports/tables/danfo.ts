/** danfo, loaded when the first table is made: it takes most of a second, which a run without tables need not wait. */
import { requireOptional } from "dnn-lab-core/optional-package";
import type { DataFrame } from "./data-frame";

type Danfo = typeof import("danfojs-node");

/**
 * Makes a DataFrame from its columns; all of one length.
 *
 * @throws Error when danfojs-node is not installed, with the command that adds it.
 * @example await display(dataFrame({ schedule: ["power", "1cycle"], accuracy: [0.866, 0.881] }));
 */
export function dataFrame(columns: Readonly<Record<string, readonly (string | number | boolean)[]>>): DataFrame {
  const danfo = requireOptional<Danfo>("danfojs-node", "dataFrame", "tables");
  return new danfo.DataFrame(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, [...values]])));
}
