/**
 * Arrays with texts beside them in the safetensors format, which many tools read: eight bytes with the header's length,
 * a header in JSON (name → type, shape, place; `__metadata__` with the texts), the bytes of the arrays.
 * https://github.com/huggingface/safetensors#format
 *
 * One of the texts is a SHA-256 over everything else, so that no damage goes unnoticed.
 */
import { bytesOf } from "dnn-lab-core/bytes";
import { hashOf } from "dnn-lab-core/hash";
import type { NamedArray, TypedArray } from "./tensors";

export interface Contents {
  readonly texts: Readonly<Record<string, string>>;
  readonly arrays: readonly NamedArray[];
}

interface Entry {
  dtype: string;
  shape: readonly number[];
  data_offsets: [from: number, to: number];
}

type Header = { __metadata__: Record<string, string> } & Record<string, Entry | Record<string, string>>;

const KINDS = { F32: Float32Array, F64: Float64Array, I32: Int32Array, U8: Uint8Array } as const;
const LENGTH_BYTES = 8;

/** The file's bytes in pieces, so that large arrays are not copied. */
export function encodeSafetensors({ texts, arrays }: Contents): Uint8Array[] {
  const data = arrays.map(({ values }) => bytesOf(values));
  const header: Header = { __metadata__: { ...texts } };
  let offset = 0;
  arrays.forEach(({ name, shape, values }, i) => {
    header[name] = { dtype: dtypeOf(values), shape, data_offsets: [offset, (offset += data[i].byteLength)] };
  });
  header.__metadata__.sha256 = checksum(header, data);
  const text = Buffer.from(JSON.stringify(header));
  // The data begin at a multiple of eight bytes; blanks are allowed at the header's end.
  const padded = Buffer.alloc(Math.ceil(text.length / 8) * 8, " ");
  text.copy(padded);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(padded.length));
  return [length, padded, ...data];
}

/** Throws an Error that says what is wrong with the bytes ("it is cut off: …"). */
export function decodeSafetensors(bytes: Buffer): Contents {
  if (bytes.length === 0) throw new Error("it is empty");
  const begin = LENGTH_BYTES + headerLength(bytes);
  const header = parseHeader(bytes.subarray(LENGTH_BYTES, begin).toString("utf8"));
  const { __metadata__: texts, ...places } = header;
  const entries = Object.entries(places as Record<string, Entry>);
  const end = begin + Math.max(0, ...entries.map(([, { data_offsets }]) => data_offsets[1]));
  if (bytes.length < end) throw new Error(`it is cut off: ${bytes.length} bytes are left of ${end}`);
  if (bytes.length > end) throw new Error(`it has ${bytes.length - end} bytes too many`);
  const { sha256, ...others } = texts;
  if (checksum({ ...header, __metadata__: others }, [bytes.subarray(begin)]) !== sha256) {
    throw new Error("its content does not have the checksum that it names");
  }
  return { texts: others, arrays: entries.map(([name, entry]) => arrayOf(name, entry, bytes, begin)) };
}

function headerLength(bytes: Buffer): number {
  if (bytes.length < LENGTH_BYTES) throw new Error(`it is cut off: ${bytes.length} bytes are left`);
  const length = Number(bytes.readBigUInt64LE());
  if (LENGTH_BYTES + length <= bytes.length) return length;
  throw new Error(`it is cut off within its header: ${bytes.length} bytes are left of more than ${length}`);
}

function parseHeader(text: string): Header {
  try {
    const header = JSON.parse(text) as Header;
    if (typeof header.__metadata__?.sha256 === "string") return header;
  } catch {
    // The same as a header without a checksum.
  }
  throw new Error("its header is not JSON with a checksum");
}

function checksum(header: Header, data: readonly Uint8Array[]): string {
  return hashOf("sha256", JSON.stringify(header), ...data);
}

function arrayOf(name: string, { dtype, shape, data_offsets: [from, to] }: Entry, bytes: Buffer, begin: number) {
  const Kind = KINDS[dtype as keyof typeof KINDS];
  if (!Kind) throw new Error(`the array '${name}' has the unknown type ${dtype}`);
  // A copy, which begins where its type must.
  const copy = Uint8Array.from(bytes.subarray(begin + from, begin + to));
  return { name, shape, values: new Kind(copy.buffer) };
}

function dtypeOf(values: TypedArray): string {
  const found = Object.entries(KINDS).find(([, Kind]) => values instanceof Kind);
  return (found as [string, unknown])[0];
}
