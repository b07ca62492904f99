import { shown } from "./checks";
import { commonState } from "./control";
import { Widget, type State } from "./widget";

/** Options of `anywidget`. */
export interface AnyWidgetOptions {
  /** An ES module as text: `export default { render({ model, el }) { … } }`. */
  readonly esm: string;
  /** Styles of its views. */
  readonly css?: string;
  /** What both sides share: JSON, and binary values (typed arrays), which the front end gets as `DataView`s. */
  readonly state?: Readonly<State>;
}

/**
 * A widget of one's own, whose front end is an ES module (https://anywidget.dev). The front end needs PyPI's `anywidget`.
 * @throws TypeError when `esm` is no text
 * @example
 * const counter = anywidget({ esm: "export default { render({ model, el }) { el.textContent = model.get('n') } }", state: { n: 1 } });
 */
export function anywidget({ esm, css, state = {} }: AnyWidgetOptions): Widget {
  if (typeof esm !== "string")
    throw new TypeError(`anywidget: esm must be the text of an ES module, received ${shown(esm)}.`);
  const of = { module: "anywidget", version: "~0.11.*", model: "AnyModel", view: "AnyView" };
  const { layout } = commonState({}, "DescriptionStyle");
  return new Widget(of, {
    layout,
    _esm: esm,
    ...(css === undefined ? {} : { _css: css }),
    _anywidget_id: "dnn-lab.anywidget",
    ...state,
  });
}
