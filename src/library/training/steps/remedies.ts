/** What a user does about a step that cannot be compiled. */
import { UnsupportedStep, type UnsupportedReason } from "../../engine/compile";

const REMEDIES: Readonly<Record<UnsupportedReason, string>> = {
  "reads-value": "Return the tensor and read it after the call; choose between values with tf.where",
  "host-random": "Take them from statelessNormal or statelessUniform with the step's number, or pass them as an input",
  "host-number-changes": "Numbers that change are inputs: step({ beta: 0.1 })",
  "host-state-changes": "Keep it in a tf.variable, or do it outside of the step",
  "structure-changes": "Compile one function for each way that the step can go, or choose with tf.where",
  "hidden-state": "Draw with statelessNormal or statelessUniform and the step's number",
  "data-dependent-shape":
    "Use operations whose result has a fixed shape (masks and tf.where), or do this outside of the step",
  "keeps-tensor": "Return it, or assign it to a tf.variable made before",
  "disposes-tensor": "Leave what was made outside of the step alone; what is made in it is disposed by itself",
  "creates-variable": "Make variables and models outside of the step",
  asynchronous: "Write the step without async and await",
  "unknown-operation": 'Do this outside of the step, or run op by op with plan: "eager"',
  "unsupported-type": "Turn it into numbers outside of the step",
  "plan-fails": 'Choose another plan, or run op by op with plan: "eager"',
  "other-engine": 'Run op by op with plan: "eager"',
};

/** The same refusal, with what to do about it. */
export function withRemedy(error: UnsupportedStep): UnsupportedStep {
  const { reason, operation, line, message } = error;
  const told = new UnsupportedStep(reason, `compileStep: ${message}. ${REMEDIES[reason]}.`, operation);
  return Object.assign(told, { line });
}
