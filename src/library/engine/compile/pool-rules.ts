/**
 * A relu before a max pooling can as well run after it, on a quarter of the elements: max(relu(x)) = relu(max(x)). The
 * gradient goes to the largest element of each window either way, if that is above zero. Same result to the last bit.
 */
import { attribute, DT } from "./native";
import type { Rule } from "./simplify-rules";
import type { Operation } from "./tape";
import type { TapeBuilder } from "./tape-builder";

const floats = [attribute.type("T", DT.float32)];

const producerNamed = (tape: TapeBuilder, value: number, name: string): Operation | undefined => {
  const producer = tape.producer(value);
  return producer?.name === name ? producer : undefined;
};

/** MaxPool(Relu(x)) → Relu(MaxPool(x)). */
const reluAfterPool: Rule = (tape, operation) => {
  if (operation.name !== "MaxPool") return undefined;
  const relu = producerNamed(tape, operation.inputs[0], "Relu");
  if (!relu) return undefined;
  const pooled = tape.addOperation({ ...operation, inputs: relu.inputs });
  return tape.addOperation({ ...operation, name: "Relu", attributes: floats, inputs: pooled });
};

/** The gradient of the pooling so rewritten: first through the relu, then to the elements of x. */
const gradientThroughBoth: Rule = (tape, operation) => {
  if (operation.name !== "MaxPoolGrad") return undefined;
  const [before, after, dy] = operation.inputs;
  const relu = producerNamed(tape, before, "Relu");
  const pool = relu && producerNamed(tape, producerNamed(tape, after, "Relu")?.inputs[0] ?? -1, "MaxPool");
  if (!relu || !pool || pool.inputs[0] !== relu.inputs[0]) return undefined;
  const results = [tape.values[dy]];
  const gated = tape.addOperation({ ...operation, name: "ReluGrad", attributes: floats, inputs: [dy, after], results });
  return tape.addOperation({ ...operation, inputs: [relu.inputs[0], pool.outputs[0], ...gated] });
};

export const POOL_RULES: readonly Rule[] = [reluAfterPool, gradientThroughBoth];

/** True when `dy` comes from {@link gradientThroughBoth}, which has passed through the relu `y` already. */
export function isPastRelu(tape: TapeBuilder, dy: number, y: number): boolean {
  const [relu, gradient] = [producerNamed(tape, y, "Relu"), producerNamed(tape, dy, "MaxPoolGrad")];
  const gated = gradient && producerNamed(tape, gradient.inputs[2], "ReluGrad");
  const pooled = gated && producerNamed(tape, gated.inputs[1], "Relu");
  return pooled !== undefined && pooled.inputs[0] === gradient?.inputs[1] && gradient.inputs[0] === relu?.inputs[0];
}
