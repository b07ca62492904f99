/** Compares the tapes of two steps: what differs would be frozen by a replay, and is refused. */
import { DT, type OpAttribute } from "./native";
import type { Operation, Source, Tape, Value } from "./tape";
import { lineOf, UnsupportedStep, type Site } from "./unsupported";

/** Throws {@link UnsupportedStep} at the first place where `second`, another step of the same function, differs. */
export function checkSameTape(first: Tape, second: Tape): void {
  const count = Math.max(first.operations.length, second.operations.length);
  for (let i = 0; i < count; i++) compareOperations(first.operations[i], second.operations[i], first, second);
  first.values.forEach((value, i) => compareValues(value, second.values[i], first, i));
  compareEnds(first.outputs, second.outputs, "outputs");
  compareEnds(first.updates, second.updates, "variables assigned");
}

function compareOperations(a: Operation | undefined, b: Operation | undefined, first: Tape, second: Tape): void {
  if (!a || !b) {
    const extra = (a ?? b) as Operation;
    refuseStructure(`${extra.name} runs in one step and not in another`, extra);
  }
  if (a.name !== b.name) refuseStructure(`${a.name} in one step is ${b.name} in another`, b);
  const attribute = a.attributes.find((one, i) => !sameAttribute(one, b.attributes[i]));
  if (attribute || a.attributes.length !== b.attributes.length) {
    refuseStructure(`attribute '${attribute?.name ?? "?"}' of ${a.name} differs from step to step`, b);
  }
  a.inputs.forEach((input, i) => {
    const other = b.inputs[i];
    // A constant that differs is told by compareValues, in clearer words.
    if (input !== other) refuseStructure(`input ${i} of ${a.name} is another tensor from step to step`, b);
    if (!sameShape(first.values[input], second.values[other])) {
      refuseStructure(`input ${i} of ${a.name} has another shape from step to step`, b);
    }
  });
  if (a.inputs.length !== b.inputs.length) refuseStructure(`${a.name} has more inputs in one step than in another`, b);
}

function compareValues(a: Value, b: Value, tape: Tape, index: number): void {
  if (sameSource(a.source, b.source) && sameShape(a, b)) return;
  const user = tape.operations.find(({ inputs }) => inputs.includes(index));
  const name = user?.name;
  const where = lineOf(b.site);
  if (a.source.kind === "constant" && b.source.kind === "constant" && sameShape(a, b)) {
    const change = `${numbers(a)} in one step, ${numbers(b)} in another`;
    const explanation = `${name ?? "the step"} gets a number from JavaScript that changes (${change}); pass it as an input`;
    throw new UnsupportedStep("host-number-changes", explanation, name, where);
  }
  refuseStructure(`${name ?? "the step"} gets another tensor from step to step`, { name, site: b.site });
}

function compareEnds(a: ReadonlyMap<unknown, number>, b: ReadonlyMap<unknown, number>, what: string): void {
  if (a.size === b.size && [...a].every(([key, value]) => b.get(key) === value)) return;
  throw new UnsupportedStep("structure-changes", `the ${what} differ from step to step`);
}

function sameSource(a: Source, b: Source): boolean {
  if (a.kind === "constant") return b.kind === "constant" && Buffer.compare(a.bytes, b.bytes) === 0;
  const keys = Object.keys(a) as (keyof Source)[];
  return keys.every((key) => a[key] === b[key]);
}

function sameShape(a: Value, b: Value): boolean {
  return a.dtype === b.dtype && a.shape.join() === b.shape.join();
}

function sameAttribute(a: OpAttribute, b: OpAttribute | undefined): boolean {
  return b !== undefined && a.name === b.name && a.type === b.type && String(a.value) === String(b.value);
}

function numbers({ source, dtype }: Value): string {
  if (source.kind !== "constant") return "?";
  const { buffer } = source.bytes;
  const values =
    dtype === DT.float32 ? new Float32Array(buffer) : dtype === DT.int32 ? new Int32Array(buffer) : source.bytes;
  const shown = [...values.slice(0, 3)].map((value) => Number(value.toPrecision(6))).join(", ");
  return values.length > 3 ? `[${shown}, …]` : shown;
}

function refuseStructure(explanation: string, { name, site }: { name?: string; site: Site }): never {
  throw new UnsupportedStep("structure-changes", explanation, name, lineOf(site));
}
