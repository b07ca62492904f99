/**
 * Gradients go as soon as nobody needs them. TensorFlow.js (4.22) keeps that of every intermediate result, and what each
 * operation has saved, until the whole backward pass is done; for a convolutional network that is as much memory again as
 * the forward pass takes.
 */
import { tf } from "./tf";

type Gradients = Record<string, () => tf.Tensor>;

/** An operation on TensorFlow.js' tape. */
interface Node {
  gradient?: (slopes: (tf.Tensor | null)[]) => Gradients;
  readonly saved?: readonly tf.Tensor[];
}

interface EngineState {
  readonly activeTape: Node[] | null;
  readonly gradientDepth: number;
}

/**
 * To be called at the end of the function that gradients are taken of. Where gradients of gradients are taken, nothing is
 * released: they are needed again.
 */
export function releaseGradients(): void {
  const { activeTape, gradientDepth } = (tf.engine() as unknown as { readonly state: EngineState }).state;
  if (!activeTape || gradientDepth !== 1) return;
  const holders = new Holders();
  let last: (() => void) | undefined;
  for (const node of activeTape) {
    const { gradient } = node;
    if (!gradient) continue;
    node.gradient = (slopes) => {
      // Gradients are computed when they are asked for: the operation before is done only now.
      last?.();
      const given = slopes.filter((slope) => slope !== null);
      given.forEach((slope) => holders.meet(slope));
      last = () => {
        given.forEach((slope) => holders.leave(slope));
        for (const tensor of node.saved ?? []) tensor.dispose();
      };
      const gradients = Object.entries(gradient(slopes));
      return Object.fromEntries(gradients.map(([name, compute]) => [name, () => holders.enter(compute())]));
    };
  }
}

/** For how many results a tensor is the gradient: an operation may hand on the very tensor that it was given. */
class Holders {
  private readonly counts = new Map<tf.Tensor, number>();

  /** A sum of gradients, or the first of all, is made by TensorFlow.js. */
  meet(gradient: tf.Tensor): void {
    if (!this.counts.has(gradient)) this.counts.set(gradient, 1);
  }

  enter(gradient: tf.Tensor): tf.Tensor {
    this.counts.set(gradient, (this.counts.get(gradient) ?? 0) + 1);
    return gradient;
  }

  /** One of them is done with it. */
  leave(gradient: tf.Tensor): void {
    const left = (this.counts.get(gradient) as number) - 1;
    this.counts.set(gradient, left);
    if (left === 0 && !gradient.kept) gradient.dispose();
  }
}
