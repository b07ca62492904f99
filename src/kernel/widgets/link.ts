import { shown } from "./checks";
import { Control } from "./control";
import { Widget } from "./widget";

/**
 * Keeps two values equal in the front end, so that they follow each other without the kernel; returns what ends it.
 * @example
 * link(play({ max: 10 }), slider({ max: 10 }))
 */
export function link<T>(source: Control<T>, target: Control<T>): Widget {
  for (const one of [source, target])
    if (!(one instanceof Control)) throw new TypeError(`link: both ends must be controls, received ${shown(one)}.`);
  const of = { module: "@jupyter-widgets/controls", version: "2.0.0", model: "LinkModel" };
  return new Widget(of, { source: [source, source.valueKey], target: [target, target.valueKey] });
}
