/** A tape loaded into TensorFlow under one plan. Equal tapes (twenty seeds of one model) share one loaded graph. */
import { hashOf } from "dnn-lab-core/hash";
import { endpointNames, loopGraph, type LoopLayout } from "./loop-graph";
import type { NativeTensor } from "./native";
import type { Plan } from "./plan";
import { Session } from "./session";
import type { Tape } from "./tape";

/** A loaded graph and how many compiled steps use it. */
interface Shared {
  readonly session: Session;
  users: number;
}

const loaded = new Map<string, Shared>();

/** Graphs without users that stay loaded, for the next model of the same form. */
const SPARE = 8;

/** SHA-256 of a saved model. */
export function fingerprintOf(model: Uint8Array): string {
  return hashOf("sha256", model);
}

export class CompiledGraph {
  private readonly names: { inputs: string; outputs: string };
  private released = false;

  private constructor(
    readonly plan: Plan,
    private readonly shared: Shared,
    layout: LoopLayout,
  ) {
    this.names = endpointNames(layout);
  }

  static load(tape: Tape, layout: LoopLayout, plan: Plan): CompiledGraph {
    const model = loopGraph(tape, layout, plan);
    const key = fingerprintOf(model);
    const shared = loaded.get(key) ?? { session: Session.load(model), users: 0 };
    // Taken out and put back: the map's order tells which graph was used last.
    loaded.delete(key);
    loaded.set(key, shared);
    shared.users++;
    return new CompiledGraph(plan, shared, layout);
  }

  run(handles: number[]): NativeTensor[] {
    return this.shared.session.run(handles, this.names.inputs, this.names.outputs);
  }

  dispose(): void {
    if (this.released) return;
    this.released = true;
    this.shared.users--;
    const spare = [...loaded].filter(([, { users }]) => users === 0);
    for (const [key, { session }] of spare.slice(0, Math.max(0, spare.length - SPARE))) {
      loaded.delete(key);
      session.dispose();
    }
  }
}
