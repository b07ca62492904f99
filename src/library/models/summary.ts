/** A model as a table, as Keras' `model.summary()` prints it. */
import type { tf } from "../engine/tf";
import { checkBuilt } from "./built";
import { kerasClassOf } from "./weights/weights-layout";

type Shape = readonly (number | null)[];

/** One layer of a {@link ModelSummary}. */
export interface SummaryRow {
  /** Name of the layer. */
  readonly name: string;
  /** Class of the layer. */
  readonly type: string;
  /** Its output's shape, `null` for the batch; more than one for several outputs, or uses with different inputs. */
  readonly outputShapes: readonly Shape[];
  /** Number of its parameters. */
  readonly params: number;
}

/** What {@link summary} returns: numbers to compute with, and a text that every console and notebook shows. */
export interface ModelSummary {
  /** Name and kind of the model. */
  readonly model: string;
  /** A row for each layer, from the input to the output. */
  readonly layers: readonly SummaryRow[];
  /** Number of parameters. */
  readonly totalParams: number;
  /** Parameters that training changes. */
  readonly trainableParams: number;
  /** Parameters that it leaves: frozen ones and moving statistics. */
  readonly nonTrainableParams: number;
  /** The table as text. */
  toString(): string;
}

/**
 * The layers of a model with output shapes and numbers of parameters, trainable and not.
 *
 * The result shows itself as a table in a notebook and in `console.log`.
 * @example summary(model)
 * @example console.log(summary(model).totalParams)  // 42310
 */
export function summary(model: tf.LayersModel): ModelSummary {
  checkBuilt("summary", model);
  const kind = model.getClassName() === "Sequential" ? "Sequential" : "Functional";
  const trainable = countOnce(model.trainableWeights);
  const total = countOnce(model.weights);
  return new Summary(`Model: "${model.name}" (${kind})`, model.layers.map(row), total, trainable, total - trainable);
}

class Summary implements ModelSummary {
  constructor(
    readonly model: string,
    readonly layers: readonly SummaryRow[],
    readonly totalParams: number,
    readonly trainableParams: number,
    readonly nonTrainableParams: number,
  ) {}

  toString(): string {
    const cells = this.layers.map(({ name, type, outputShapes, params }) => [
      `${name} (${type})`,
      outputShapes.map(shapeText).join(", "),
      params.toLocaleString("en"),
    ]);
    const sums = { Total: this.totalParams, Trainable: this.trainableParams, "Non-trainable": this.nonTrainableParams };
    const lines = Object.entries(sums).map(
      ([name, count]) => ` ${name} params: ${count.toLocaleString("en")} (${bytes(count)})`,
    );
    return [this.model, table(["Layer (type)", "Output Shape", "Param #"], cells), ...lines].join("\n");
  }

  /** How `console.log` in Node shows it. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.toString() };
  }
}

function row(layer: tf.layers.Layer): SummaryRow {
  return {
    name: layer.name,
    type: kerasClassOf(layer),
    outputShapes: outputShapes(layer),
    params: countOnce(layer.weights),
  };
}

/** TensorFlow.js' `outputShape` throws where a layer is used twice; its nodes tell all. */
function outputShapes({ inboundNodes }: tf.layers.Layer): Shape[] {
  const all = inboundNodes.flatMap(({ outputShapes: one }) => (Array.isArray(one[0]) ? one : [one]) as Shape[]);
  return [...new Map(all.map((shape) => [shape.join(), shape])).values()];
}

/** A variable that two layers share counts once. */
function countOnce(variables: readonly tf.LayerVariable[]): number {
  return [...new Set(variables)].reduce((sum, { shape }) => sum + shape.reduce((a: number, b) => a * (b ?? 1), 1), 0);
}

function shapeText(shape: Shape): string {
  return `(${shape.map((size) => size ?? "None").join(", ")})`;
}

function bytes(params: number): string {
  const size = params * 4;
  if (size < 1024) return `${size.toFixed(2)} B`;
  return size < 1024 ** 2 ? `${(size / 1024).toFixed(2)} KB` : `${(size / 1024 ** 2).toFixed(2)} MB`;
}

/** A box of columns; numbers stand to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((cells) => cells[i].length)));
  const rule = (left: string, middle: string, right: string, dash: string) =>
    left + widths.map((width) => dash.repeat(width + 2)).join(middle) + right;
  const line = (cells: readonly string[], bar: string) =>
    `${bar} ${cells.map((text, i) => (i === 2 ? text.padStart(widths[i]) : text.padEnd(widths[i]))).join(` ${bar} `)} ${bar}`;
  return [
    rule("┏", "┳", "┓", "━"),
    line(head, "┃"),
    rule("┡", "╇", "┩", "━"),
    ...rows.flatMap((cells, i) => [...(i > 0 ? [rule("├", "┼", "┤", "─")] : []), line(cells, "│")]),
    rule("└", "┴", "┘", "─"),
  ].join("\n");
}
