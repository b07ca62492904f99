/** Writes a tape as a graph whose loop runs it many times: the body is the step, the loop variables are its state. */
import type { tf } from "../tf";
import { isRing } from "./device-data";
import { functionDef, NodeList, savedModel, type NodeAttribute } from "./graph-def";
import { attribute, DT, type DataId } from "./native";
import type { Plan } from "./plan";
import type { Message } from "./protobuf";
import type { Tape, Value } from "./tape";

/** What the loop is fed, in order; `buffer` collects an output, one row per step. */
export type Feed =
  | { readonly kind: "index" | "limit" | "firstStep" }
  | { readonly kind: "input"; readonly name: string; readonly value: Value }
  | { readonly kind: "capture"; readonly dataId: DataId; readonly value: Value }
  | { readonly kind: "variable"; readonly variable: tf.Variable; readonly value: Value }
  | { readonly kind: "buffer"; readonly name: string; readonly value: Value };

export interface LoopLayout {
  readonly feeds: readonly Feed[];
  /** Position among the feeds of what the loop returns: variables that change, then buffers. */
  readonly fetches: readonly number[];
}

/** Decides the loop variables of a tape. */
export function layOut(tape: Tape): LoopLayout {
  const feeds: Feed[] = [{ kind: "index" }, { kind: "limit" }, { kind: "firstStep" }];
  for (const value of tape.values) {
    const { source } = value;
    if (source.kind === "input" || source.kind === "capture" || source.kind === "variable")
      feeds.push({ ...source, value });
  }
  for (const [variable, result] of tape.updates) {
    const read = feeds.some((feed) => feed.kind === "variable" && feed.variable === variable);
    if (!read) feeds.push({ kind: "variable", variable, value: tape.values[result] });
  }
  for (const [name, result] of tape.outputs) feeds.push({ kind: "buffer", name, value: tape.values[result] });
  const changes = (feed: Feed) =>
    feed.kind === "buffer" || (feed.kind === "variable" && tape.updates.has(feed.variable));
  return { feeds, fetches: feeds.flatMap((feed, i) => (changes(feed) ? [i] : [])) };
}

/** The bytes of the saved model that runs `tape` in a loop according to `plan`. */
export function loopGraph(tape: Tape, layout: LoopLayout, plan: Plan): Uint8Array {
  const functions = [conditionFunction(layout), bodyFunction(tape, layout, plan)];
  const graph = new NodeList("graph");
  const placeholders = layout.feeds.map((feed) => {
    const shape = { name: "shape", type: 5, value: feedShape(feed) };
    return graph.add("Placeholder", [], [attribute.type("dtype", feedType(feed)), shape])[0];
  });
  const results =
    plan === "xla"
      ? callUnderXla(graph, functions, layout, placeholders)
      : fetched(addLoop(graph, layout, placeholders, plan), layout);
  // Fetches are named; naming them by an Identity keeps the names independent of the plan.
  layout.fetches.forEach((position, i) => {
    graph.add("Identity", [results[i]], [attribute.type("T", feedType(layout.feeds[position]))]);
  });
  return savedModel(graph.nodes, functions);
}

/** Names of the graph's inputs and outputs, for `runSavedModel`. */
export function endpointNames(layout: LoopLayout): { inputs: string; outputs: string } {
  const count = layout.feeds.length;
  const names = (length: number, start: number) => Array.from({ length }, (_, i) => `n${start + i}:0`).join();
  return { inputs: names(count, 0), outputs: names(layout.fetches.length, count + 1) };
}

function addLoop(nodes: NodeList, layout: LoopLayout, inputs: readonly string[], plan: Plan): string[] {
  const executor: NodeAttribute[] = plan === "graph" ? [attribute.string("_executor", "SINGLE_THREADED_EXECUTOR")] : [];
  const attributes: NodeAttribute[] = [
    { name: "T", types: layout.feeds.map(feedType) },
    { name: "cond", functionName: "condition", attributes: executor },
    { name: "body", functionName: "body", attributes: executor },
    { name: "output_shapes", shapes: layout.feeds.map(feedShape) },
    attribute.int("parallel_iterations", 1),
  ];
  if (plan === "lowered") attributes.push(attribute.bool("_lower_using_switch_merge", true));
  return nodes.add("StatelessWhile", inputs, attributes, layout.feeds.length);
}

/** Of what a loop returns, the part that the caller wants. */
function fetched(results: readonly string[], { fetches }: LoopLayout): string[] {
  return fetches.map((position) => results[position]);
}

/** XLA copies whatever a function returns: data that the steps only read would be copied in each call. */
function callUnderXla(graph: NodeList, functions: Message[], layout: LoopLayout, inputs: readonly string[]): string[] {
  const nodes = new NodeList("function");
  const args = layout.feeds.map((feed, i) => ({ name: `a${i}`, dtype: feedType(feed) }));
  const results = addLoop(
    nodes,
    layout,
    args.map(({ name }) => name),
    "xla",
  );
  const types = args.map(({ dtype }) => dtype);
  const made = layout.fetches.map((position) => types[position]);
  const returned = fetched(results, layout).map((reference, i) => ({ reference, dtype: made[i] }));
  functions.push(functionDef("loop", args, returned, nodes.nodes));
  return graph.add(
    "PartitionedCall",
    inputs,
    [
      { name: "Tin", types },
      { name: "Tout", types: made },
      { name: "f", functionName: "loop" },
      attribute.bool("_XlaMustCompile", true),
    ],
    made.length,
  );
}

function conditionFunction(layout: LoopLayout): Message {
  const nodes = new NodeList("function");
  const args = layout.feeds.map((feed, i) => ({ name: `a${i}`, dtype: feedType(feed) }));
  const [index, limit] = ["index", "limit"].map((kind) => `a${layout.feeds.findIndex((feed) => feed.kind === kind)}`);
  const [reference] = nodes.add("Less", [index, limit], [attribute.type("T", DT.int32)]);
  return functionDef("condition", args, [{ reference, dtype: DT.bool }], nodes.nodes);
}

function bodyFunction(tape: Tape, { feeds }: LoopLayout, plan: Plan): Message {
  const nodes = new NodeList("function");
  const args = feeds.map((feed, i) => ({ name: `a${i}`, dtype: feedType(feed) }));
  const body = new BodyWriter(nodes, tape, feeds);
  const results = feeds.map((feed, i) => ({ reference: body.next(feed, `a${i}`), dtype: args[i].dtype }));
  return functionDef("body", args, results, nodes.nodes, asWritten(tape, plan));
}

/**
 * TensorFlow's optimizer fuses a batch normalization with the relu after it into an operation that only its later
 * oneDNN pass understands. That pass does not reach the body of a loop that is not lowered, and the fused operation
 * then yields an empty tensor. The attribute (meant for functions of tf.data) keeps the optimizer away.
 */
function asWritten({ operations }: Tape, plan: Plan): NodeAttribute[] {
  const risky = plan === "graph" && operations.some(({ name }) => name.startsWith("FusedBatchNorm"));
  return risky ? [attribute.bool("_tf_data_function", true)] : [];
}

/** Translates the tape; references of values are made once, on first use. */
class BodyWriter {
  private readonly references = new Map<number, string>();
  private readonly index: string;
  private scatterPlace: string | undefined;

  constructor(
    private readonly nodes: NodeList,
    private readonly tape: Tape,
    private readonly feeds: readonly Feed[],
  ) {
    this.index = this.argument(({ kind }) => kind === "index");
    for (const operation of tape.operations) {
      const inputs = operation.inputs.map((value) => this.reference(value));
      const made = nodes.add(operation.name, inputs, operation.attributes, operation.outputs.length);
      operation.outputs.forEach((value, i) => this.references.set(value, made[i]));
    }
  }

  /** The value of a loop variable after the step. */
  next(feed: Feed, argument: string): string {
    if (feed.kind === "index") return this.add("AddV2", [argument, this.int32([], 1)], DT.int32);
    if (feed.kind === "buffer") return this.store(feed, argument);
    const update = feed.kind === "variable" ? this.tape.updates.get(feed.variable) : undefined;
    return update === undefined ? argument : this.reference(update);
  }

  private reference(value: number): string {
    const reference = this.references.get(value) ?? this.outside(this.tape.values[value]);
    this.references.set(value, reference);
    return reference;
  }

  private outside({ source, dtype, shape }: Value): string {
    if (source.kind === "constant") return this.nodes.constant(dtype, shape, source.bytes);
    if (source.kind === "step") {
      return this.add("AddV2", [this.argument(({ kind }) => kind === "firstStep"), this.index], DT.int32);
    }
    const argument = this.argument((feed) => "value" in feed && feed.kind !== "buffer" && feed.value.source === source);
    return source.kind === "input" ? this.row(argument, dtype) : argument;
  }

  /** Row `index` of an array with one row per step. */
  private row(array: string, dtype: number): string {
    const types = [
      attribute.type("Tparams", dtype),
      attribute.type("Tindices", DT.int32),
      attribute.type("Taxis", DT.int32),
    ];
    return this.nodes.add("GatherV2", [array, this.index, this.int32([], 0)], types)[0];
  }

  /** Writes an output into row `index` of its buffer. */
  private store({ name, value }: Extract<Feed, { kind: "buffer" }>, buffer: string): string {
    this.scatterPlace ??= this.reshape(this.index, DT.int32, [1, 1]);
    const result = this.reference(this.tape.outputs.get(name) as number);
    const row = this.reshape(result, value.dtype, [1, ...value.shape]);
    const types = [attribute.type("T", value.dtype), attribute.type("Tindices", DT.int32)];
    return this.nodes.add("TensorScatterUpdate", [buffer, this.scatterPlace, row], types)[0];
  }

  private reshape(value: string, dtype: number, shape: readonly number[]): string {
    const types = [attribute.type("T", dtype), attribute.type("Tshape", DT.int32)];
    return this.nodes.add("Reshape", [value, this.int32([shape.length], ...shape)], types)[0];
  }

  private add(op: string, inputs: readonly string[], dtype: number): string {
    return this.nodes.add(op, inputs, [attribute.type("T", dtype)])[0];
  }

  private int32(shape: readonly number[], ...values: number[]): string {
    return this.nodes.constant(DT.int32, shape, new Uint8Array(Int32Array.from(values).buffer));
  }

  private argument(wanted: (feed: Feed) => boolean): string {
    return `a${this.feeds.findIndex(wanted)}`;
  }
}

export function feedType(feed: Feed): number {
  return "value" in feed ? feed.value.dtype : DT.int32;
}

/** The shape of a feed; arrays with one row per step, and rings, have an unknown first size. */
function feedShape(feed: Feed): number[] {
  if (!("value" in feed)) return [];
  if (feed.kind === "capture" && isRing(feed.dataId)) return [-1, ...feed.value.shape.slice(1)];
  return feed.kind === "input" || feed.kind === "buffer" ? [-1, ...feed.value.shape] : [...feed.value.shape];
}
