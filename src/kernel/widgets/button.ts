import { shown } from "./checks";
import { commonState, controlClass, type ControlOptions } from "./control";
import { Widget } from "./widget";

/** A button; `onClick` says what it does. */
export class Button extends Widget {
  /**
   * Calls a function with each click. It ends when the cell that has added it runs again, or by the function that is returned. What
   * it prints, shows or throws stands below that cell.
   */
  onClick(listener: () => unknown): () => void {
    return this.onMessage((content) =>
      (content as { event?: unknown } | null)?.event === "click" ? listener() : undefined,
    );
  }

  override asText(): string {
    return `[${String(this.get("description"))}]`;
  }
}

/**
 * A button.
 * @throws TypeError for a label that is no text
 * @example
 * const start = button("Train");
 * start.onClick(() => console.log("training"));
 */
export function button(label: string, options: Omit<ControlOptions, "label"> = {}): Button {
  if (typeof label !== "string") throw new TypeError(`button: the label must be a text, received ${shown(label)}.`);
  return new Button(controlClass("Button"), commonState({ ...options, label }, "ButtonStyle"));
}
