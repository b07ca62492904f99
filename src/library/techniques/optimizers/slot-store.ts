/** An optimizer's memory: for each weight the slot variables that its update rule asks for. */
import { list, show } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import type { UpdateRule } from "./update-rule";

export interface NamedTensor {
  name: string;
  tensor: tf.Tensor;
}

interface Entry {
  weight: tf.Variable;
  slots: tf.Variable[];
}

/** Slots that were read back and have not met their weights yet. */
interface Restored {
  name: string;
  slots: tf.Variable[];
}

export class SlotStore {
  private readonly byWeight = new Map<string, Entry>();
  private restored: Restored[] = [];

  constructor(private readonly rule: UpdateRule) {}

  /**
   * Makes the slots of all weights of a step that have none. Slots that were restored go to the weights in the order
   * in which these were made: their names say little, since TensorFlow.js numbers them anew in each process.
   */
  prepare(weights: readonly tf.Variable[]): void {
    if (this.restored.length > 0) this.adopt(weights);
    for (const weight of weights) {
      const entry = this.byWeight.get(weight.name) ?? this.create(weight);
      if (entry.weight === weight) continue;
      const what = `${this.rule.name}: this optimizer was used with another variable named '${weight.name}'`;
      throw new Error(`${what}. Make a new optimizer for each model.`);
    }
  }

  /** The slots of a weight that was prepared. */
  of(weight: tf.Variable): tf.Variable[] {
    return this.byWeight.get(weight.name)?.slots ?? [];
  }

  variables(): tf.Variable[] {
    return [...this.inOrder(), ...this.restored].flatMap(({ slots }) => slots);
  }

  /** `weight name/slot name` → tensor, weight by weight in the order in which these were made. */
  entries(): NamedTensor[] {
    const bound = this.inOrder().map(({ weight, slots }) => ({ name: weight.name, slots }));
    return [...bound, ...this.restored].flatMap(({ name, slots }) =>
      slots.map((tensor, i) => ({ name: `${name}/${this.rule.slots[i]}`, tensor })),
    );
  }

  /** Takes over copies of what `entries` gave; throws before changing anything when they do not fit. */
  restore(saved: readonly NamedTensor[]): void {
    const groups = this.group(saved);
    const bound = this.inOrder();
    if (groups.length === 0) {
      // State from before the first step, or of a rule without slots.
      bound.forEach(({ weight, slots }) => slots.forEach((slot) => tf.tidy(() => slot.assign(this.initial(weight)))));
    } else if (bound.length > 0) {
      this.checkFit(
        groups.map(({ tensors }) => tensors[0].shape),
        bound.map(({ weight }) => weight),
      );
      groups.forEach(({ tensors }, i) => tensors.forEach((tensor, slot) => bound[i].slots[slot].assign(tensor)));
    }
    if (bound.length > 0) return;
    tf.dispose(this.variables());
    this.restored = groups.map(({ name, tensors }) => ({ name, slots: tensors.map(slotVariable) }));
  }

  dispose(): void {
    tf.dispose(this.variables());
    this.byWeight.clear();
    this.restored = [];
  }

  private inOrder(): Entry[] {
    return [...this.byWeight.values()].sort((a, b) => a.weight.id - b.weight.id);
  }

  private create(weight: tf.Variable): Entry {
    const slots = this.rule.slots.map(() => tf.tidy(() => slotVariable(this.initial(weight))));
    const entry = { weight, slots };
    this.byWeight.set(weight.name, entry);
    return entry;
  }

  private initial(weight: tf.Variable): tf.Tensor {
    return tf.fill(weight.shape, this.rule.initialSlotValue ?? 0, "float32");
  }

  private adopt(weights: readonly tf.Variable[]): void {
    const ordered = [...weights].sort((a, b) => a.id - b.id);
    this.checkFit(
      this.restored.map(({ slots }) => slots[0].shape),
      ordered,
    );
    ordered.forEach((weight, i) => this.byWeight.set(weight.name, { weight, slots: this.restored[i].slots }));
    this.restored = [];
  }

  private checkFit(shapes: readonly number[][], weights: readonly tf.Variable[]): void {
    const fits =
      shapes.length === weights.length && weights.every(({ shape }, i) => tf.util.arraysEqual(shape, shapes[i]));
    if (fits) return;
    const found = shapes.map(show).join(", ") || "none";
    const trained = weights.map(({ shape }) => show(shape)).join(", ");
    throw new Error(
      `${this.rule.name}: the saved state is of weights of shapes ${found}, but those trained have ${trained}.`,
    );
  }

  /** The saved tensors by weight, each weight's in the order of the rule's slots. */
  private group(saved: readonly NamedTensor[]): { name: string; tensors: tf.Tensor[] }[] {
    const { slots } = this.rule;
    const groups = new Map<string, tf.Tensor[]>();
    for (const { name, tensor } of saved) {
      const cut = name.lastIndexOf("/");
      const index = slots.indexOf(name.slice(cut + 1));
      if (cut < 1 || index === -1) throw new Error(wrongState(this.rule, `found '${name}'`));
      const tensors = groups.get(name.slice(0, cut)) ?? [];
      tensors[index] = tensor;
      groups.set(name.slice(0, cut), tensors);
    }
    for (const [name, tensors] of groups) {
      const missing = slots.find((_, i) => !tensors[i]);
      if (missing) throw new Error(wrongState(this.rule, `'${name}/${missing}' is missing`));
    }
    return [...groups].map(([name, tensors]) => ({ name, tensors }));
  }
}

/** Variables get a number for a name, so that two optimizers of one model do not collide. */
const slotVariable = (value: tf.Tensor) => tf.variable(value, false);

function wrongState(rule: UpdateRule, problem: string): string {
  const expected = rule.slots.length === 0 ? "no slots" : `slots ${list(rule.slots)} for each weight`;
  return `${rule.name}: the saved state does not fit; expected ${expected}, ${problem}. Was it another optimizer's?`;
}
