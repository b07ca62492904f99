import { shown } from "./checks";
import { commonState, controlClass } from "./control";
import { Widget, type State } from "./widget";

/** Widgets within one; its text is theirs. */
class Box extends Widget {
  override asText(): string {
    return (this.get("children") as readonly Widget[]).map((child) => child.asText()).join("\n");
  }
}

function container(name: string, widget: string, children: readonly Widget[], state: State = {}): Widget {
  for (const child of children)
    if (!(child instanceof Widget))
      throw new TypeError(`${widget}: children must be widgets, received ${shown(child)}.`);
  const { layout } = commonState({}, "DescriptionStyle");
  return new Box(controlClass(name), { layout, children: [...children], ...state });
}

/**
 * Widgets beside each other.
 * @example
 * row([slider(), checkbox()])
 */
export function row(children: readonly Widget[]): Widget {
  return container("HBox", "row", children);
}

/**
 * Widgets below each other.
 * @example
 * column([slider(), checkbox()])
 */
export function column(children: readonly Widget[]): Widget {
  return container("VBox", "column", children);
}

/**
 * Pages of which one is seen, by their titles.
 * @example
 * tabs({ model: slider(), training: checkbox() })
 */
export function tabs(pages: Readonly<Record<string, Widget>>): Widget {
  return container("Tab", "tabs", Object.values(pages), { titles: Object.keys(pages), selected_index: 0 });
}
