/** Writes down, as values and operations, what a watched step does; refuses what a replay could not repeat. */
import { bytesOf } from "dnn-lab-core/bytes";
import { withInputTypes } from "./input-types";
import { DT, type DataId, type NativeBackend, type NativeTensor, type OpAttribute } from "./native";
import { OP_OUTPUTS } from "./op-table";
import type { Operation, Source, Value } from "./tape";
import { captureSite, lineOf, UnsupportedStep, type Site, type UnsupportedReason } from "./unsupported";
import type { Observer } from "./watch";

const DATA_DEPENDENT_SHAPE = new Set(["Where", "Unique", "UniqueV2", "NonMaxSuppressionV3", "NonMaxSuppressionV5"]);
const SUPPORTED_TYPES: ReadonlySet<number> = new Set(Object.values(DT).filter((type) => type !== DT.string));

export class Recorder implements Observer {
  readonly values: Value[] = [];
  readonly operations: Operation[] = [];
  private readonly valueOfHandle = new Map<number, number>();
  private readonly dataOfHandle = new Map<number, DataId>();
  /** Handles made by the step and not yet deleted. */
  private readonly alive = new Set<number>();
  private wrongDisposal: Site | undefined;
  private refusal: UnsupportedStep | undefined;

  /** @param known what the handles that exist before the step stand for; any other is a tensor made elsewhere. */
  constructor(
    private readonly backend: NativeBackend,
    private readonly known: ReadonlyMap<number, Source>,
  ) {}

  used(handle: number, data: DataId): void {
    this.dataOfHandle.set(handle, data);
  }

  executed(name: string, attributes: readonly OpAttribute[], inputs: readonly number[], outputs: NativeTensor[]): void {
    this.checkOperation(name, outputs);
    const site = captureSite();
    const operation = this.operations.length;
    const values = inputs.map((handle) => this.valueOf(handle));
    const results = outputs.map((made, output) =>
      this.add(made.id, {
        source: { kind: "operation", operation, output },
        dtype: made.dtype,
        shape: made.shape,
        site,
      }),
    );
    this.operations.push({
      name,
      attributes: withInputTypes(
        name,
        attributes,
        values.map((value) => this.values[value].dtype),
      ),
      inputs: values,
      outputs: results,
      site,
    });
    for (const made of outputs) this.alive.add(made.id);
  }

  created(handle: number, shape: readonly number[], dtype: number, values: ArrayBufferView | Uint8Array[]): void {
    if (Array.isArray(values)) return this.refuse("unsupported-type", "the step uses strings");
    const bytes = bytesOf(values).slice();
    this.add(handle, { source: { kind: "constant", bytes }, dtype, shape: [...shape], site: captureSite() });
    this.alive.add(handle);
  }

  deleted(handle: number): void {
    const mayGo = this.alive.delete(handle) || this.known.get(handle)?.kind === "variable";
    // Throwing here would leave TensorFlow.js' books half changed.
    if (!mayGo) this.wrongDisposal ??= captureSite();
  }

  read(): void {
    this.refuse("reads-value", "the step reads the value of a tensor, so what it does may depend on it");
  }

  readLater(): void {
    const explanation = "the step reads the value of a tensor (without waiting for it)";
    this.refusal ??= new UnsupportedStep("reads-value", explanation, undefined, lineOf(captureSite()));
  }

  random(): void {
    this.refuse(
      "host-random",
      "the step draws random numbers in JavaScript, which a replay cannot repeat; use statelessUniform or statelessNormal",
    );
  }

  /** Throws the first refusal, which the step may have caught. */
  throwRefusal(): void {
    if (this.refusal) throw this.refusal;
  }

  /** The value that a handle stands for. */
  valueOf(handle: number): number {
    return this.valueOfHandle.get(handle) ?? this.addOutside(handle);
  }

  /** Refuses a step that has disposed foreign tensors or leaves own ones behind that are not `rightful`. */
  checkLifetimes(rightful: ReadonlySet<number>): void {
    if (this.wrongDisposal) {
      const line = lineOf(this.wrongDisposal);
      throw new UnsupportedStep("disposes-tensor", "the step disposes a tensor that it did not make", undefined, line);
    }
    const handle = [...this.alive].find((candidate) => !rightful.has(candidate));
    if (handle === undefined) return;
    const { source, site } = this.values[this.valueOf(handle)];
    const name = source.kind === "operation" ? this.operations[source.operation].name : undefined;
    const what = name ? `the result of ${name}` : "a tensor";
    throw new UnsupportedStep("keeps-tensor", `the step keeps ${what} without returning it`, name, lineOf(site));
  }

  private addOutside(handle: number): number {
    const dataId = this.dataOfHandle.get(handle);
    if (!dataId) throw new Error(`Recording met tensor handle ${handle}, which belongs to no tensor.`);
    const { dtype, shape } = this.backend.tensorMap.get(dataId);
    this.checkType(dtype);
    const source = this.known.get(handle) ?? { kind: "capture", dataId };
    return this.add(handle, { source, dtype, shape, site: captureSite() });
  }

  private add(handle: number, value: Value): number {
    this.valueOfHandle.set(handle, this.values.length);
    return this.values.push(value) - 1;
  }

  private checkOperation(name: string, outputs: readonly NativeTensor[]): void {
    const known = OP_OUTPUTS[name];
    if (known === undefined) this.refuse("unknown-operation", `operation ${name} is not known to the compiler`, name);
    if (known.startsWith("!")) {
      this.refuse(
        "hidden-state",
        `operation ${name} keeps a state inside the engine, which a replay cannot repeat`,
        name,
      );
    }
    if (DATA_DEPENDENT_SHAPE.has(name)) {
      this.refuse("data-dependent-shape", `the shape of ${name}'s result depends on the values it is given`, name);
    }
    for (const { dtype } of outputs) this.checkType(dtype, name);
  }

  private checkType(dtype: number, name?: string): void {
    if (!SUPPORTED_TYPES.has(dtype)) this.refuse("unsupported-type", "the step uses strings or complex numbers", name);
  }

  private refuse(reason: UnsupportedReason, explanation: string, operation?: string): never {
    this.refusal ??= new UnsupportedStep(reason, explanation, operation, lineOf(captureSite()));
    throw this.refusal;
  }
}
