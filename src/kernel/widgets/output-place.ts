import { commonState } from "./control";
import { host } from "./host";
import { Widget } from "./widget";

/** A place for output that the program fills and empties. */
export class Output extends Widget {
  /** Shows a value as a cell would, in place of what is there, or (`append`) below it. */
  async show(value: unknown, { append = false }: { append?: boolean } = {}): Promise<void> {
    const { data, metadata } = await host().display.represent(value);
    const before = append ? (this.get("outputs") as readonly object[]) : [];
    this.set({ outputs: [...before, { output_type: "display_data", data, metadata }] });
  }

  /** Empties it. */
  clear(): void {
    this.set({ outputs: [] });
  }
}

/**
 * A place for output, to be put into boxes.
 * @example
 * const place = output();
 * await place.show({ loss: 0.5 });
 */
export function output(): Output {
  const { layout } = commonState({}, "DescriptionStyle");
  const of = { module: "@jupyter-widgets/output", version: "1.0.0", model: "OutputModel", view: "OutputView" };
  return new Output(of, { layout, msg_id: "", outputs: [] });
}
