/** Builds a tape value by value; equal constants and equal operations are made once. */
import { DT, type OpAttribute } from "./native";
import { sizeOf, type Operation, type Source, type Tape, type Value } from "./tape";
import type { Site } from "./unsupported";

/** An operation to be added; `results` tell the type and shape of each output. */
export interface NewOperation {
  readonly name: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly number[];
  readonly results: readonly Pick<Value, "dtype" | "shape">[];
  readonly site: Site;
}

export class TapeBuilder {
  readonly values: Value[] = [];
  readonly operations: Operation[] = [];
  private readonly places = new Map<string, readonly number[]>();

  /** Adds a value that no operation makes. Call it once per input, variable or capture. */
  addOutside(value: Value): number {
    if (value.source.kind !== "constant") return this.values.push(value) - 1;
    const key = constantKey(value, value.source.bytes);
    return this.remember(key, () => [this.values.push(value) - 1])[0];
  }

  addConstant(dtype: number, shape: readonly number[], bytes: Uint8Array, site: Site): number {
    return this.addOutside({ source: { kind: "constant", bytes }, dtype, shape, site });
  }

  addOperation({ name, attributes, inputs, results, site }: NewOperation): readonly number[] {
    return this.remember(operationKey(name, inputs, attributes), () => {
      const operation = this.operations.length;
      const outputs = results.map(({ dtype, shape }, output) => {
        const source: Source = { kind: "operation", operation, output };
        return this.values.push({ source, dtype, shape, site }) - 1;
      });
      this.operations.push({ name, attributes, inputs, outputs, site });
      return outputs;
    });
  }

  /** The operation that makes a value; undefined for values from outside. */
  producer(value: number): Operation | undefined {
    const source = this.values[value]?.source;
    return source?.kind === "operation" ? this.operations[source.operation] : undefined;
  }

  /** The output of an operation of one input that is already there. */
  existing(name: string, input: number): number | undefined {
    return this.operations.find((one) => one.name === name && one.inputs.length === 1 && one.inputs[0] === input)
      ?.outputs[0];
  }

  /** The numbers of a constant of type float32 or int32; undefined for anything else. */
  constant(value: number): Float32Array | Int32Array | undefined {
    const { source, dtype, shape } = this.values[value];
    if (source.kind !== "constant") return undefined;
    const { buffer, byteOffset } = source.bytes;
    if (dtype === DT.float32) return new Float32Array(buffer, byteOffset, sizeOf(shape));
    return dtype === DT.int32 ? new Int32Array(buffer, byteOffset, sizeOf(shape)) : undefined;
  }

  private remember(key: string, make: () => readonly number[]): readonly number[] {
    const known = this.places.get(key) ?? make();
    this.places.set(key, known);
    return known;
  }
}

/** Drops what no output and no variable needs. */
export function prune({ values, operations, outputs, updates }: Tape): Tape {
  const needed = new Set([...outputs.values(), ...updates.values()]);
  const kept: Operation[] = [];
  for (const operation of [...operations].reverse()) {
    if (!operation.outputs.some((value) => needed.has(value))) continue;
    kept.unshift(operation);
    for (const input of operation.inputs) needed.add(input);
    // A kept operation keeps all of its outputs.
    for (const output of operation.outputs) needed.add(output);
  }
  const place = new Map([...needed].sort((a, b) => a - b).map((value, i) => [value, i]));
  const at = (value: number): number => place.get(value) as number;
  const numbers = new Map(kept.map((operation, i) => [operations.indexOf(operation), i]));
  const renumber = (source: Source): Source =>
    source.kind === "operation" ? { ...source, operation: numbers.get(source.operation) as number } : source;
  return {
    values: [...place.keys()].map((value) => ({ ...values[value], source: renumber(values[value].source) })),
    operations: kept.map((one) => ({ ...one, inputs: one.inputs.map(at), outputs: one.outputs.map(at) })),
    outputs: new Map([...outputs].map(([name, value]) => [name, at(value)])),
    updates: new Map([...updates].map(([variable, value]) => [variable, at(value)])),
  };
}

function constantKey({ dtype, shape }: Value, bytes: Uint8Array): string {
  return `constant ${dtype} [${shape.join()}] ${Buffer.from(bytes).toString("latin1")}`;
}

function operationKey(name: string, inputs: readonly number[], attributes: readonly OpAttribute[]): string {
  return `${name}(${inputs.join()})${JSON.stringify(attributes)}`;
}
