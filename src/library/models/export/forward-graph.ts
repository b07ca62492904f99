/**
 * What a model computes in inference mode, as plain data: operations of TensorFlow, weights, and where the number of samples
 * stands in shapes. Made by recording the model twice, with two numbers of samples: what differs between the two comes
 * from the number of samples.
 */
import { bytesOf } from "dnn-lab-core/bytes";
import { withoutFusedOperations } from "../../engine/compile/fused-operations";
import { recordTape } from "../../engine/compile/record";
import { DT, nativeBackend, type OpAttribute } from "../../engine/compile/native";
import { sizeOf, type Operation, type Tape, type Value } from "../../engine/compile/tape";
import { prune } from "../../engine/compile/tape-builder";
import { UnsupportedStep } from "../../engine/compile/unsupported";
import { tf } from "../../engine/tf";
import { checkBuilt } from "../built";
import { layerAt, withLayerNames } from "./layer-names";

/** A size that is fixed, or so many times the number of samples. */
export type Size = number | { readonly samples: number };

/** Where a value comes from. */
export type ForwardSource =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "constant"; readonly bytes: Uint8Array }
  /** One number everywhere; the shape may have the number of samples in it. */
  | { readonly kind: "fill"; readonly bytes: Uint8Array }
  /** A vector of whole numbers, some of them the number of samples. */
  | { readonly kind: "sizes"; readonly sizes: readonly Size[] }
  | { readonly kind: "operation" };

export interface ForwardValue {
  readonly source: ForwardSource;
  /** TensorFlow's number of the element type. */
  readonly dtype: number;
  readonly shape: readonly Size[];
}

export interface ForwardOperation {
  /** TensorFlow's. */
  readonly name: string;
  readonly attributes: readonly OpAttribute[];
  /** Indices of values. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** The layer that it belongs to, where that is known. */
  readonly layer: string;
}

export interface ForwardGraph {
  readonly inputs: readonly { readonly name: string; readonly value: number }[];
  readonly outputs: readonly { readonly name: string; readonly value: number }[];
  readonly values: readonly ForwardValue[];
  readonly operations: readonly ForwardOperation[];
}

/** Two numbers of samples without a common divisor, and seldom met as a size. */
const [FIRST, SECOND] = [11, 13];

/** @throws Error that names the layer which cannot be written down. */
export function forwardGraph(owner: string, model: tf.LayersModel): ForwardGraph {
  checkBuilt(owner, model);
  checkSizes(owner, model);
  const [first, second] = withLayerNames(model, () =>
    [FIRST, SECOND].map((samples) => recorded(owner, model, samples)),
  );
  return new Comparison(owner, model, first, second).graph();
}

function checkSizes(owner: string, model: tf.LayersModel): void {
  model.inputs.forEach(({ shape }, i) => {
    if (!shape.slice(1).includes(null)) return;
    const sizes = shape.slice(1).map((size) => size ?? "any");
    throw new Error(
      `${owner}: input '${model.inputNames[i]}' leaves a size open ([${sizes.join(", ")}]); give the first layer its full inputShape.`,
    );
  });
}

function recorded(owner: string, model: tf.LayersModel, samples: number): Tape {
  const inputs: Record<string, tf.Tensor> = {};
  model.inputs.forEach(({ shape, dtype }, i) => {
    inputs[model.inputNames[i]] = tf.zeros([samples, ...(shape.slice(1) as number[])], dtype);
  });
  const step = tf.scalar(0, "int32");
  const forward = (named: Record<string, tf.Tensor>) => {
    const ordered = model.inputNames.map((name) => named[name]);
    const given = ordered.length === 1 ? ordered[0] : ordered;
    const outputs = [withoutFusedOperations(() => model.apply(given, { training: false }))].flat();
    return Object.fromEntries(outputs.map((output, i) => [`output${i}`, output as tf.Tensor]));
  };
  try {
    return prune(recordTape(forward, inputs, step));
  } catch (error) {
    if (!(error instanceof UnsupportedStep)) throw error;
    throw new Error(`${owner}: the model '${model.name}' cannot be exported: ${error.message}.`, { cause: error });
  } finally {
    tf.dispose([inputs, step]);
  }
}

/** Two recordings side by side. */
class Comparison {
  constructor(
    private readonly owner: string,
    private readonly model: tf.LayersModel,
    private readonly first: Tape,
    private readonly second: Tape,
  ) {}

  graph(): ForwardGraph {
    const { model, first, second } = this;
    if (first.operations.length !== second.operations.length)
      throw this.refusal("does other work for other numbers of samples");
    const operations = first.operations.map((operation, i) => this.operation(operation, second.operations[i]));
    const values = first.values.map((value, i) => this.value(value, second.values[i], i));
    const places = new Map(
      values.flatMap(({ source }, value) => (source.kind === "input" ? [[source.name, value] as const] : [])),
    );
    const missing = model.inputNames.find((name) => !places.has(name));
    if (missing !== undefined) throw this.refusal(`does not use its input '${missing}'`);
    return {
      inputs: model.inputNames.map((name) => ({ name, value: places.get(name) as number })),
      outputs: model.outputNames.map((name, i) => ({ name, value: first.outputs.get(`output${i}`) as number })),
      values,
      operations,
    };
  }

  private operation(a: Operation, b: Operation): ForwardOperation {
    const layer = layerAt(a.site) ?? "";
    const isSame =
      a.name === b.name &&
      a.inputs.join() === b.inputs.join() &&
      a.attributes.every((one, i) => String(one.value) === String(b.attributes[i].value));
    if (isSame) return { name: a.name, attributes: a.attributes, inputs: a.inputs, outputs: a.outputs, layer };
    throw this.refusal("does other work for other numbers of samples", layer);
  }

  private value(a: Value, b: Value, index: number): ForwardValue {
    const user = this.first.operations.find(({ inputs }) => inputs.includes(index));
    const layer = (user && layerAt(user.site)) ?? "";
    const shape = this.sizes(a.shape, b.shape, layer);
    return { source: this.source(a, b, layer), dtype: a.dtype, shape };
  }

  private sizes(a: readonly number[], b: readonly number[], layer: string): Size[] {
    if (a.length !== b.length) throw this.refusal("has another rank for other numbers of samples", layer);
    return a.map((size, i) => this.size(size, b[i], layer));
  }

  private size(a: number, b: number, layer: string): Size {
    if (a === b) return a;
    if (a * SECOND === b * FIRST) return { samples: a / FIRST };
    throw this.refusal("computes with the number of samples", layer);
  }

  private source({ source, dtype, shape }: Value, b: Value, layer: string): ForwardSource {
    switch (source.kind) {
      case "input":
        return source;
      case "operation":
        return { kind: "operation" };
      case "variable":
        return { kind: "constant", bytes: bytesOf(source.variable.dataSync()).slice() };
      case "capture":
        return { kind: "constant", bytes: bytesOf(nativeBackend().readSync(source.dataId)).slice() };
      case "step":
        throw this.refusal("uses the number of the training step", layer);
      case "constant": {
        const other = (b.source as typeof source).bytes;
        if (Buffer.compare(source.bytes, other) === 0) return { kind: "constant", bytes: source.bytes };
        if (dtype === DT.int32 && shape.length === 1 && b.shape.join() === shape.join()) {
          const [mine, theirs] = [source.bytes, other].map((bytes) => new Int32Array(bytes.slice().buffer));
          return { kind: "sizes", sizes: this.sizes([...mine], [...theirs], layer) };
        }
        if (dtype === DT.int32 && shape.length === 0) {
          const [mine, theirs] = [source.bytes, other].map((bytes) => new Int32Array(bytes.slice().buffer)[0]);
          return { kind: "sizes", sizes: [this.size(mine, theirs, layer)] };
        }
        const one = source.bytes.slice(0, source.bytes.length / sizeOf(shape));
        if ([source.bytes, other].every((bytes) => isFilled(bytes, one))) return { kind: "fill", bytes: one };
        throw this.refusal("has numbers that depend on the number of samples", layer);
      }
    }
  }

  private refusal(what: string, layer = ""): Error {
    const who = layer ? `layer '${layer}'` : `the model '${this.model.name}'`;
    return new Error(`${this.owner}: ${who} ${what}, which cannot be exported.`);
  }
}

function isFilled(bytes: Uint8Array, one: Uint8Array): boolean {
  return bytes.every((byte, i) => byte === one[i % one.length]);
}
