import { Array } from "../../intrinsics";
import { limitText } from "./inspect-text";

/** A tensor of TensorFlow.js, known by its shape alone. */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly dataId: object;
  readonly isDisposed?: boolean;
  toString(verbose?: boolean): string;
  dataSync(): ArrayLike<number>;
}

const DTYPES = ["float32", "int32", "bool", "complex64", "string"];

/** Whether a value is a tensor or a variable. */
export function isTensor(value: object): value is TensorLike {
  const tensor = value as Partial<TensorLike & { dispose: unknown; arraySync: unknown }>;
  return (
    Array.isArray(tensor.shape) &&
    DTYPES.includes(tensor.dtype as string) &&
    typeof tensor.dataId === "object" &&
    [tensor.dataSync, tensor.arraySync, tensor.dispose].every((method) => typeof method === "function")
  );
}

/** Type, shape and values; long dimensions are shortened by the tensor itself. */
export function tensorText(tensor: TensorLike): string {
  const head = `Tensor ${tensor.dtype} [${tensor.shape.join(", ")}]`;
  if (tensor.isDisposed === true) return `${head} (disposed)`;
  const values = tensor
    .toString()
    .replace(/^Tensor\s*/, "")
    .replace(/^ {4}/gm, "");
  return limitText(`${head}\n${values}`);
}
