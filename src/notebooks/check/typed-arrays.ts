/** Arrays as plotly.py 6 and later writes them: `{ dtype: "f8", bdata: "<base64>", shape: "2, 3" }`. */

type Read = (buffer: ArrayBuffer) => ArrayLike<number | bigint>;

const typed: Readonly<Record<string, Read>> = {
  f8: (b) => new Float64Array(b),
  f4: (b) => new Float32Array(b),
  i1: (b) => new Int8Array(b),
  i2: (b) => new Int16Array(b),
  i4: (b) => new Int32Array(b),
  u1: (b) => new Uint8Array(b),
  u2: (b) => new Uint16Array(b),
  u4: (b) => new Uint32Array(b),
};

/** The array that is meant; any other value as it is. */
export function unpacked(value: unknown): unknown {
  const { dtype, bdata, shape } = (value ?? {}) as { dtype?: unknown; bdata?: unknown; shape?: unknown };
  const read = typeof dtype === "string" && typeof bdata === "string" ? typed[dtype.replace(/^[<>|=]/, "")] : undefined;
  if (!read) return value;
  const bytes = Buffer.from(bdata as string, "base64");
  const width = Number((dtype as string).slice(-1));
  if (bytes.length % width !== 0) return value;
  const flat = Array.from(
    read(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer),
    Number,
  );
  const columns = typeof shape === "string" ? /^\s*\d+\s*,\s*(\d+)\s*$/.exec(shape) : null;
  return columns ? rowsOf(flat, Number(columns[1])) : flat;
}

function rowsOf(flat: readonly number[], columns: number): number[][] {
  return Array.from({ length: columns > 0 ? flat.length / columns : 0 }, (_, i) =>
    flat.slice(i * columns, (i + 1) * columns),
  );
}
