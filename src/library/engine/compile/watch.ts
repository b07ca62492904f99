/** Watches the border between TensorFlow.js and its native library while a function runs. */
import { tf } from "../tf";
import type { DataId, NativeBackend, NativeBinding, NativeTensor, OpAttribute } from "./native";

/** Told of everything that crosses the border, in order. A method that throws ends the watched function. */
export interface Observer {
  /** A tensor's data, made before the watched function ran, stands behind a handle that is about to be used. */
  used(handle: number, data: DataId): void;
  executed(name: string, attributes: readonly OpAttribute[], inputs: readonly number[], outputs: NativeTensor[]): void;
  created(handle: number, shape: readonly number[], dtype: number, values: ArrayBufferView | Uint8Array[]): void;
  deleted(handle: number): void;
  /** The value of a tensor is read. */
  read(): void;
  /** The value of a tensor is asked for by a promise, in which an error would be lost. */
  readLater(): void;
  /** `Math.random` is called. */
  random(): void;
}

/** Runs `body` with `backend` watched; afterwards, whatever happened, the backend is as it was. */
export function watch<T>(backend: NativeBackend, observer: Observer, body: () => T): T {
  const restore = [watchBackend(backend, observer), watchMathRandom(observer), longerStacks()];
  try {
    return body();
  } finally {
    for (const undo of restore) undo();
  }
}

function watchBackend(backend: NativeBackend, observer: Observer): () => void {
  const { binding } = backend;
  const plain = Object.getPrototypeOf(backend) as NativeBackend;
  const pending = new WeakSet<DataId>();
  const bounds = allowBoundsCheck();
  // Made from JavaScript's numbers by the function itself: reading it back tells nothing new.
  const isHostConstant = (id: DataId) => pending.has(id) && backend.tensorMap.get(id).values !== null;
  const methods: Partial<NativeBackend> = {
    binding: watchedBinding(binding, observer),
    move(id, ...rest) {
      pending.add(id);
      plain.move.call(backend, id, ...rest);
    },
    getInputTensorIds(tensors) {
      const owned = tensors.filter((tensor) => tensor.dataId !== undefined);
      for (const { dataId } of owned) if (!pending.has(dataId)) upload(backend, binding, dataId);
      const handles = plain.getInputTensorIds.call(backend, tensors);
      tensors.forEach(({ dataId }, i) => dataId && observer.used(handles[i], dataId));
      return handles;
    },
    readSync(id) {
      if (!isHostConstant(id) && !bounds.checking()) observer.read();
      return plain.readSync.call(backend, id);
    },
    async read(id) {
      if (!isHostConstant(id)) observer.readLater();
      return plain.readSync.call(backend, id);
    },
  };
  Object.assign(backend, methods);
  return () => {
    bounds.restore();
    for (const name of ["move", "getInputTensorIds", "readSync", "read"]) Reflect.deleteProperty(backend, name);
    backend.binding = binding;
  };
}

/** The binding's own methods are read-only: an object that inherits from it takes their place. */
function watchedBinding(binding: NativeBinding, observer: Observer): NativeBinding {
  const methods: Pick<NativeBinding, "executeOp" | "createTensor" | "deleteTensor"> = {
    executeOp(name, attributes, inputs, outputCount) {
      const outputs = binding.executeOp(name, attributes, inputs, outputCount);
      observer.executed(name, attributes, inputs, outputs);
      return outputs;
    },
    createTensor(shape, dtype, values) {
      const handle = binding.createTensor(shape, dtype, values);
      observer.created(handle, shape, dtype, values);
      return handle;
    },
    deleteTensor(handle) {
      observer.deleted(handle);
      binding.deleteTensor(handle);
    },
  };
  const properties = Object.entries(methods).map(([name, value]) => [name, { value }]);
  return Object.create(binding, Object.fromEntries(properties)) as NativeBinding;
}

/** Sends values that still wait in JavaScript to the engine, unseen by the observer. */
function upload(backend: NativeBackend, binding: NativeBinding, id: DataId): void {
  const data = backend.tensorMap.get(id);
  if (data.values === null) return;
  // Its values would be lost in a run that computes nothing.
  const create = binding.createInEarnest ?? binding.createTensor;
  data.id = create.call(binding, data.shape, data.dtype, data.values);
  data.values = null;
}

/** tfjs-node's gather reads its indices to check them; that read decides nothing and is let through. */
function allowBoundsCheck(): { checking(): boolean; restore(): void } {
  const gather = tf.getKernel("GatherV2", "tensorflow");
  const { kernelFunc } = gather;
  let checking = false;
  gather.kernelFunc = (call) => {
    checking = true;
    try {
      return kernelFunc(call);
    } finally {
      checking = false;
    }
  };
  return { checking: () => checking, restore: () => void (gather.kernelFunc = kernelFunc) };
}

/* eslint-disable no-restricted-properties -- it is watched here, not drawn from */
function watchMathRandom(observer: Observer): () => void {
  const { random } = Math;
  Math.random = () => {
    observer.random();
    return random();
  };
  return () => void (Math.random = random);
}
/* eslint-enable no-restricted-properties */

/** A user's function may stand far below the operation it calls. */
function longerStacks(): () => void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 100;
  return () => void (Error.stackTraceLimit = stackTraceLimit);
}
