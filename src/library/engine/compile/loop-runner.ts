/** Feeds a loop graph, runs it and takes what comes out. */
import { tf } from "../tf";
import { CompiledGraph, fingerprintOf } from "./compiled-graph";
import { feedType, layOut, loopGraph, type Feed, type LoopLayout } from "./loop-graph";
import { DT, nativeBackend, nativeId } from "./native";
import type { Plan } from "./plan";
import { assignAndDispose } from "./state";
import type { Tape, Value } from "./tape";

/** Values of an input for several steps: `steps × shape` numbers, or a tensor `[steps, ...shape]` (which stays yours). */
export type StackedInput = Float32Array | Int32Array | Uint8Array | tf.Tensor;

/** One call: `steps` steps from number `firstStep` on. */
export interface LoopCall {
  readonly steps: number;
  readonly firstStep: number;
  readonly inputs: Readonly<Record<string, StackedInput>>;
}

/** XLA compiles for so many steps at least: that takes longer than carrying some empty rows. */
export const XLA_ROWS = 256;

/** Gives the graphs of recordings back whose models have been collected. */
const collected = new FinalizationRegistry((graphs: ReadonlyMap<Plan, CompiledGraph>) => {
  for (const graph of graphs.values()) graph.dispose();
});

export class LoopRunner {
  private readonly layout: LoopLayout;
  private readonly graphs = new Map<Plan, CompiledGraph>();
  /** Row counts for which XLA has compiled; it compiles anew for each shape. */
  private readonly capacities = new Set<number>();
  private disposed = false;

  /** Names the form of the step, whatever the plan. */
  readonly fingerprint: string;

  constructor(private readonly tape: Tape) {
    this.layout = layOut(tape);
    this.fingerprint = fingerprintOf(loopGraph(tape, this.layout, "graph"));
    collected.register(this, this.graphs);
  }

  /** Loads the graph of a plan, unless it is loaded already. */
  load(plan: Plan): CompiledGraph {
    const graph = this.graphs.get(plan) ?? CompiledGraph.load(this.tape, this.layout, plan);
    this.graphs.set(plan, graph);
    return graph;
  }

  /** Runs the loop. Returns name → `[steps, ...shape]`; variables change only when `commit`. */
  run(plan: Plan, call: LoopCall, commit = true): Record<string, tf.Tensor> {
    this.checkAlive();
    const graph = this.load(plan);
    const backend = nativeBackend();
    const rows = plan === "xla" ? this.capacityFor(call.steps) : call.steps;
    return tf.tidy(() => {
      const feeds = this.layout.feeds.map((feed) => feedTensor(feed, call, rows));
      const results = graph
        .run(feeds.map((tensor) => nativeId(backend, tensor)))
        .map((made) => backend.createOutputTensor(made));
      const outputs: Record<string, tf.Tensor> = {};
      this.layout.fetches.forEach((position, i) => {
        const feed = this.layout.feeds[position];
        if (feed.kind === "buffer")
          outputs[feed.name] = rows > call.steps ? results[i].slice(0, call.steps) : results[i];
        else if (feed.kind === "variable" && commit) assignAndDispose(feed.variable, results[i]);
      });
      return outputs;
    });
  }

  /** Bytes of the variables that the loop carries, and of other tensors that it reads. */
  memory(): { variableBytes: number; captureBytes: number } {
    const bytes = (kind: Feed["kind"]) =>
      this.layout.feeds.reduce(
        (sum, feed) => sum + ("value" in feed && feed.kind === kind ? byteSize(feed.value) : 0),
        0,
      );
    return { variableBytes: bytes("variable"), captureBytes: bytes("capture") };
  }

  dispose(): void {
    this.disposed = true;
    for (const graph of this.graphs.values()) graph.dispose();
    this.graphs.clear();
  }

  /** Whether its variables still are; data may be away for a while. */
  get isAlive(): boolean {
    return !this.disposed && this.layout.feeds.every((feed) => feed.kind !== "variable" || !feed.variable.isDisposed);
  }

  /** Throws when this step, or a tensor that it reads, has been disposed. */
  checkAlive(): void {
    if (this.disposed) throw new Error("This compiled step has been disposed.");
    const { tensorMap } = nativeBackend();
    for (const feed of this.layout.feeds) {
      if (feed.kind === "variable" && feed.variable.isDisposed) {
        throw new Error(
          `Variable '${feed.variable.name}' of this compiled step has been disposed; record the step again.`,
        );
      }
      if (feed.kind === "capture" && !tensorMap.has(feed.dataId)) {
        throw new Error("A tensor that this compiled step reads has been disposed; record the step again.");
      }
    }
  }

  /** The number of rows to pad to: one that XLA has compiled for, or a power of two. */
  private capacityFor(steps: number): number {
    const fitting = [...this.capacities].filter((rows) => rows >= steps).sort((a, b) => a - b)[0];
    const rows = fitting ?? Math.max(XLA_ROWS, 2 ** Math.ceil(Math.log2(steps)));
    this.capacities.add(rows);
    return rows;
  }
}

/** The tensor for a feed; made here, but for variables and captured tensors. */
function feedTensor(feed: Feed, { steps, firstStep, inputs }: LoopCall, rows: number): tf.TensorInfo {
  switch (feed.kind) {
    case "index":
      return tf.scalar(0, "int32");
    case "limit":
      return tf.scalar(steps, "int32");
    case "firstStep":
      return tf.scalar(firstStep, "int32");
    case "variable":
      return feed.variable;
    case "capture":
      // Only the data counts: the backend finds the handle by it.
      return { dataId: feed.dataId, shape: [], dtype: "float32" };
    case "buffer":
      return tf.zeros([rows, ...feed.value.shape], dtypeOf(feed));
    case "input":
      return padded(stacked(feed, inputs[feed.name], steps), rows);
  }
}

function stacked(feed: Extract<Feed, { kind: "input" }>, values: StackedInput | undefined, steps: number): tf.Tensor {
  const shape = [steps, ...feed.value.shape];
  const size = values === undefined ? 0 : values instanceof tf.Tensor ? values.size : values.length;
  if (values === undefined || size !== tf.util.sizeFromShape(shape)) {
    const received = values === undefined ? "nothing" : `${size} numbers`;
    throw new RangeError(`Input '${feed.name}' needs values of shape [${shape.join(", ")}], received ${received}.`);
  }
  return values instanceof tf.Tensor ? values : tf.tensor(values, shape, dtypeOf(feed));
}

function padded(tensor: tf.Tensor, rows: number): tf.Tensor {
  const missing = rows - tensor.shape[0];
  if (missing === 0) return tensor;
  return tf.concat([tensor, tf.zeros([missing, ...tensor.shape.slice(1)], tensor.dtype)]);
}

function dtypeOf(feed: Feed): "float32" | "int32" | "bool" {
  const type = feedType(feed);
  return type === DT.int32 ? "int32" : type === DT.bool ? "bool" : "float32";
}

function byteSize({ shape, dtype }: Value): number {
  return tf.util.sizeFromShape([...shape]) * (dtype === DT.bool || dtype === DT.uint8 ? 1 : 4);
}
