import { Object, Reflect, realm } from "../intrinsics";
import { nodeBinding } from "../protocol/node-internals";

interface AsyncWrap {
  execution_async_resources: object;
}

/**
 * Node 20 keeps its stack of asynchronous contexts in an array and calls its `pop` by that name after each callback. It gets one of
 * its own, so that a cell that replaces `Array.prototype.pop` does not end all callbacks.
 */
export function keepNodesStack(): void {
  const stack = nodeBinding<AsyncWrap>("async_wrap")?.execution_async_resources;
  if (stack === undefined) return;
  const { pop } = realm.Array.prototype;
  Object.defineProperty(stack, "pop", { value: () => Reflect.apply(pop, stack, []) as unknown });
}
