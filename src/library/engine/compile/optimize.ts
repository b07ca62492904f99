/** Makes a tape smaller without changing what it computes. */
import { gradientRule } from "./gradient-rules";
import { POOL_RULES } from "./pool-rules";
import { POINTWISE_RULES } from "./pointwise-rules";
import { SIMPLIFY_RULES, type Rule } from "./simplify-rules";
import type { Tape } from "./tape";
import { prune, TapeBuilder, type NewOperation } from "./tape-builder";

const RULES: readonly Rule[] = [...SIMPLIFY_RULES, ...POOL_RULES, ...POINTWISE_RULES, gradientRule];

/** Does repeated work once, simplifies, writes known gradients as one operation, and drops what nobody needs. */
export function optimizeTape(recorded: Tape): Tape {
  const tape = prune(recorded);
  const builder = new TapeBuilder();
  const places = new Map<number, number>();
  const place = (index: number): number => {
    const known = places.get(index) ?? builder.addOutside(tape.values[index]);
    places.set(index, known);
    return known;
  };
  for (const { name, attributes, inputs, outputs, site } of tape.operations) {
    const results = outputs.map((index) => tape.values[index]);
    const made = add(builder, { name, attributes, inputs: inputs.map(place), results, site });
    outputs.forEach((index, i) => places.set(index, made[i]));
  }
  return prune({
    values: builder.values,
    operations: builder.operations,
    outputs: new Map([...tape.outputs].map(([key, value]) => [key, place(value)])),
    updates: new Map([...tape.updates].map(([key, value]) => [key, place(value)])),
  });
}

function add(builder: TapeBuilder, operation: NewOperation): readonly number[] {
  for (const rule of RULES) {
    const made = rule(builder, operation);
    if (made) return made;
  }
  return builder.addOperation(operation);
}
