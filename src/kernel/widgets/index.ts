/**
 * Sliders and other controls in notebooks, drawn by the front end's `ipywidgets` (PyPI's `jupyterlab_widgets`; VS Code has its own).
 *
 * @module dnn-lab-kernel/widgets
 */
export { slider, range, play, progress } from "./number-controls";
export type { SliderOptions, RangeOptions, PlayOptions } from "./number-controls";
export { dropdown, checkbox, text } from "./choice-controls";
export type { DropdownOptions, CheckboxOptions, TextOptions } from "./choice-controls";
export { button, Button } from "./button";
export { output, Output } from "./output-place";
export { row, column, tabs } from "./boxes";
export { link } from "./link";
export { anywidget } from "./anywidget";
export type { AnyWidgetOptions } from "./anywidget";
export { interact, Interaction } from "./interact";
export type { Running, ValuesOf } from "./interact";
export { Control } from "./control";
export type { ControlOptions } from "./control";
export { Widget } from "./widget";
export type { FrontEndClass, State } from "./widget";
