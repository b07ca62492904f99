/**
 * Gradients that TensorFlow.js composes and TensorFlow has as one operation: relu's alone takes eight. Fewer
 * operations are faster by themselves, and TensorFlow's optimizer recognizes and fuses only these.
 *
 * Replacing them on the tape, rather than in TensorFlow.js, leaves its automatic differentiation as it is, so that
 * gradients of gradients stay right.
 */
import { attribute, DT } from "./native";
import { matchOperation, type Pattern } from "./pattern";
import { isPastRelu } from "./pool-rules";
import type { NewOperation, TapeBuilder } from "./tape-builder";

interface GradientRule {
  readonly find: readonly [string, ...Pattern[]];
  /** Operation and the names of its two inputs. */
  readonly make: readonly [operation: string, first: string, second: string];
  /** The activation whose output serves in the place of its input `x`. */
  readonly outputOf?: string;
}

/** tf.step(x): 1 above zero, 0 below, x itself where it is no number. */
const step: Pattern = ["Select", ["IsNan", "x"], "x", ["Select", ["Greater", "x", { all: 0 }], { all: 1 }, { all: 0 }]];
const one = { all: 1 };

const RULES: readonly GradientRule[] = [
  // From relu's output: the sum before it then has no other reader and can be fused with the product that makes it.
  { find: ["Mul", "dy", step], make: ["ReluGrad", "dy", "x"], outputOf: "Relu" },
  // The inner product with the step has become a ReluGrad by the rule before.
  {
    find: ["Mul", "dy", ["ReluGrad", ["Cast", ["LessEqual", "x", { all: 6 }]], "x"]],
    make: ["Relu6Grad", "dy", "x"],
    outputOf: "Relu6",
  },
  { find: ["Mul", ["Sub", one, ["Square", "y"]], "dy"], make: ["TanhGrad", "y", "dy"] },
  { find: ["Mul", "dy", ["Mul", "y", ["Sub", one, "y"]]], make: ["SigmoidGrad", "y", "dy"] },
];

/** The single operation for a gradient that ends in `operation`; undefined when no rule knows that gradient. */
export function gradientRule(tape: TapeBuilder, operation: NewOperation): readonly number[] | undefined {
  for (const { find, make, outputOf } of RULES) {
    const found = matchOperation(tape, find, operation);
    if (!found) continue;
    const [name, ...inputNames] = make;
    const inputs = inputNames.map((input) => {
      const value = found[input];
      return input === "x" && outputOf ? (tape.existing(outputOf, value) ?? value) : value;
    });
    if (name === "ReluGrad" && isPastRelu(tape, inputs[0], inputs[1])) return [inputs[0]];
    const shape = operation.results[0].shape.join();
    // These operations do not broadcast.
    if (inputs.some((input) => tape.values[input].shape.join() !== shape)) continue;
    return tape.addOperation({ ...operation, name, inputs, attributes: [attribute.type("T", DT.float32)] });
  }
  return undefined;
}
