/**
 * Keras writes the masks that it makes itself (of embeddings with `mask_zero`, of masking layers) as operations of the
 * graph. Layers here make the same masks on their own, so these operations are left out.
 */
import { isRecord } from "dnn-lab-core/objects";
import type { KerasObject } from "./layer-table";
import { type Place, tensorsIn } from "./places";

/** What Keras' layers do to masks. */
const OPERATIONS = new Set(
  "All Any Concatenate ExpandDims LogicalAnd LogicalOr NotEqual OnesLike Reshape Squeeze ZerosLike".split(" "),
);

interface Called {
  readonly name: string;
  readonly saved: KerasObject;
  readonly nodes: readonly unknown[];
}

/** Names of the operations that serve masks alone, each of them made of a layer's own mask. */
export function maskOperations(layers: readonly KerasObject[]): ReadonlySet<string> {
  const called = layers.map(asCalled);
  const candidates = new Set(called.filter(({ saved }) => isOperation(saved)).map(({ name }) => name));
  for (const { name, saved, nodes } of called) {
    if (candidates.has(name) && saved.class_name === "NotEqual" && !nodes.every((node) => isOwnMask(node, called))) {
      candidates.delete(name);
    }
  }
  // What something else than a mask is made of is no mask.
  for (let before = -1; before !== candidates.size;) {
    before = candidates.size;
    for (const { name, nodes } of called) {
      for (const from of nodes.flatMap((node) => sourcesBesideMasks(node)))
        if (!candidates.has(name)) candidates.delete(from);
    }
  }
  return candidates;
}

function asCalled(saved: KerasObject): Called {
  const { name, inbound_nodes: nodes } = saved as { name?: unknown; inbound_nodes?: unknown };
  return { name: String(name ?? saved.config.name), saved, nodes: Array.isArray(nodes) ? nodes : [] };
}

function isOperation({ module, class_name: className }: KerasObject): boolean {
  return /\.ops\b/.test(module ?? "") && OPERATIONS.has(className);
}

function sourcesBesideMasks(node: unknown): string[] {
  if (!isRecord(node)) return [];
  const others = Object.entries(isRecord(node.kwargs) ? node.kwargs : {}).filter(([key]) => key !== "mask");
  return [node.args, ...others.map(([, value]) => value)].flatMap(tensorsIn).map(([from]) => from);
}

/** `x ≠ value`, where a layer of the model that masks by that value is called with the same x. */
function isOwnMask(node: unknown, called: readonly Called[]): boolean {
  if (!isRecord(node) || !Array.isArray(node.args)) return false;
  const [place] = tensorsIn(node.args);
  const value = node.args.find((one) => typeof one === "number");
  return called.some(({ saved, nodes }) => {
    const isEmbedding = saved.class_name === "Embedding" && saved.config.mask_zero === true && value === 0;
    const isMasking = saved.class_name === "Masking" && saved.config.mask_value === value;
    return (isEmbedding || isMasking) && nodes.some((one) => isCalledWith(one, place));
  });
}

function isCalledWith(node: unknown, place: Place): boolean {
  return isRecord(node) && tensorsIn(node.args)[0]?.join() === place.join();
}
