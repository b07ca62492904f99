/** State of a widget as the widgets' message protocol (2.1) carries it: JSON, with binary values beside it. */

/** Where in a state a buffer belongs. */
export type BufferPath = readonly (string | number)[];

export interface PackedState {
  readonly state: Readonly<Record<string, unknown>>;
  readonly paths: readonly BufferPath[];
  readonly buffers: readonly Uint8Array[];
}

/** Takes binary values (typed arrays, `ArrayBuffer`, `DataView`) out of a state; values of models become references. */
export function packState(state: Readonly<Record<string, unknown>>): PackedState {
  const paths: BufferPath[] = [];
  const buffers: Uint8Array[] = [];
  const pack = (value: unknown, path: BufferPath): unknown => {
    const bytes = bytesOf(value);
    if (bytes !== undefined) {
      paths.push(path);
      buffers.push(bytes);
      // Its place in a list must stay; in an object the key is left out.
      return null;
    }
    if (isReference(value)) return `IPY_MODEL_${value.modelId}`;
    if (Array.isArray(value)) return value.map((one, index) => pack(one, [...path, index]));
    if (isPlain(value)) return packObject(value, path);
    return value;
  };
  const packObject = (value: object, path: BufferPath): Record<string, unknown> => {
    const entries = Object.entries(value).map(([key, one]) => [key, pack(one, [...path, key]), one] as const);
    return Object.fromEntries(
      entries.filter(([, , one]) => bytesOf(one) === undefined).map(([key, packed]) => [key, packed]),
    );
  };
  return { state: packObject(state, []), paths, buffers };
}

/** Puts buffers back to where they belong, as `DataView`s like those of other kernels' front ends. */
export function unpackState(
  state: Readonly<Record<string, unknown>>,
  paths: readonly BufferPath[],
  buffers: readonly Uint8Array[],
): Record<string, unknown> {
  const whole = structuredClone(state) as Record<string, unknown>;
  paths.forEach((path, index) => {
    const last = path.at(-1);
    const buffer = buffers[index];
    if (last === undefined || buffer === undefined) return;
    let holder = whole as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) holder = holder[key] as Record<string | number, unknown>;
    holder[last] = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  });
  return whole;
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

function isReference(value: unknown): value is { readonly modelId: string } {
  return typeof value === "object" && value !== null && typeof (value as { modelId?: unknown }).modelId === "string";
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
