/** TensorFlow.js' own optimizers in a compiled step: found while it runs, their numbers watched, their steps counted. */
import { tf } from "../../engine/tf";

/** Its count, which TensorFlow.js' types protect. */
const count = (optimizer: tf.Optimizer, iterations: number): void =>
  void ((optimizer as unknown as { iterations_: number }).iterations_ = iterations);

const CLASSES = [
  tf.SGDOptimizer,
  tf.MomentumOptimizer,
  tf.RMSPropOptimizer,
  tf.AdagradOptimizer,
  tf.AdadeltaOptimizer,
  tf.AdamOptimizer,
  tf.AdamaxOptimizer,
];

export class ForeignOptimizers {
  /** Steps that each optimizer makes in a step. */
  private readonly perStep = new Map<tf.Optimizer, number>();
  private numbers = "";

  /** Runs the step once and notes its optimizers. */
  discover<T>(body: () => T): T {
    const restore = CLASSES.map(({ prototype }) => watch(prototype, (optimizer) => this.note(optimizer)));
    try {
      return body();
    } finally {
      for (const undo of restore) undo();
      for (const [optimizer, made] of this.perStep) count(optimizer, optimizer.iterations - made);
      this.numbers = this.present();
    }
  }

  /** Runs `body`, which counts no steps. */
  uncounted<T>(body: () => T): T {
    const counts = [...this.perStep.keys()].map((optimizer) => [optimizer, optimizer.iterations] as const);
    try {
      return body();
    } finally {
      for (const [optimizer, before] of counts) count(optimizer, before);
    }
  }

  /** Whether a rate or another number of an optimizer is no longer what it was when the step was recorded. */
  get changed(): boolean {
    return this.present() !== this.numbers;
  }

  advance(steps: number): void {
    for (const [optimizer, each] of this.perStep) count(optimizer, optimizer.iterations + steps * each);
  }

  private note(optimizer: tf.Optimizer): void {
    this.perStep.set(optimizer, (this.perStep.get(optimizer) ?? 0) + 1);
  }

  private present(): string {
    const numbers = [...this.perStep.keys()].map((optimizer) =>
      Object.entries(optimizer).filter(
        ([name, value]) => name !== "iterations_" && ["number", "boolean"].includes(typeof value),
      ),
    );
    return JSON.stringify(numbers);
  }
}

function watch(prototype: tf.Optimizer, note: (optimizer: tf.Optimizer) => void): () => void {
  const { applyGradients } = prototype;
  prototype.applyGradients = function (this: tf.Optimizer, gradients) {
    note(this);
    applyGradients.call(this, gradients);
  };
  return () => void (prototype.applyGradients = applyGradients);
}
