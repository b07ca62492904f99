/** Runs a recorded step once more without computing anything, to see only what it asks the engine for. */
import type { NativeBackend, NativeBinding, NativeTensor } from "./native";
import type { Tape } from "./tape";
import { UnsupportedStep } from "./unsupported";

/** Handles of tensors that do not exist; TensorFlow counts its own from 0. */
const FIRST_HANDLE = 2 ** 40;

/**
 * Runs `body`, in which `begin` starts the step: from then on operations are answered from the tape, with tensors that
 * have a shape but no numbers. All of them must be disposed, and variables put back, before `body` ends.
 *
 * Throws an {@link UnsupportedStep} at the first operation that is not the tape's.
 */
export function dryRun<T>(backend: NativeBackend, tape: Tape, body: (begin: () => void) => T): T {
  const { binding } = backend;
  const engine = new Answers(tape, binding);
  const methods = ["executeOp", "createTensor", "deleteTensor", "tensorDataSync"] as const;
  const properties = methods.map((name) => [name, { value: engine[name].bind(engine) }]);
  const createInEarnest = { value: binding.createTensor.bind(binding) };
  backend.binding = Object.create(binding, { ...Object.fromEntries(properties), createInEarnest }) as NativeBinding;
  try {
    return body(() => (engine.dry = true));
  } finally {
    backend.binding = binding;
  }
}

class Answers {
  dry = false;
  private position = 0;
  private invented = 0;
  private readonly sizes = new Map<number, number>();

  constructor(
    private readonly tape: Tape,
    private readonly binding: NativeBinding,
  ) {}

  executeOp(...call: Parameters<NativeBinding["executeOp"]>): NativeTensor[] {
    if (!this.dry) return this.binding.executeOp(...call);
    const [name] = call;
    const operation = this.tape.operations[this.position++];
    if (operation?.name !== name) {
      throw new UnsupportedStep("structure-changes", `${name} runs in one step and not in another`, name);
    }
    return operation.outputs.map((output) => {
      const { shape, dtype } = this.tape.values[output];
      return { id: this.invent(shape), shape: [...shape], dtype };
    });
  }

  createTensor(...call: Parameters<NativeBinding["createTensor"]>): number {
    return this.dry ? this.invent(call[0]) : this.binding.createTensor(...call);
  }

  deleteTensor(id: number): void {
    if (!this.sizes.delete(id)) this.binding.deleteTensor(id);
  }

  /** Only bounds checks of TensorFlow.js read; every index 0 is within them. */
  tensorDataSync(id: number): ArrayBufferView {
    const size = this.sizes.get(id);
    return size === undefined ? this.binding.tensorDataSync(id) : new Int32Array(size);
  }

  private invent(shape: readonly number[]): number {
    const id = FIRST_HANDLE + this.invented++;
    this.sizes.set(
      id,
      shape.reduce((product, length) => product * length, 1),
    );
    return id;
  }
}
