/**
 * The part of the protocol buffer wire format that a TensorFlow graph needs: varints, fixed 32-bit floats and
 * length-delimited fields (text, bytes, nested messages). Written in order, never read back.
 *
 * https://protobuf.dev/programming-guides/encoding
 */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const utf8 = new TextEncoder();

/** A message under construction; every method appends a field and returns the message. */
export class Message {
  private readonly pieces: Uint8Array[] = [];
  private byteLength = 0;

  /** An int32, int64, bool or enum field; negative numbers take ten bytes, as the format asks. */
  integer(field: number, value: number | boolean): this {
    return this.append(varint(field * 8 + VARINT)).append(varint(Number(value)));
  }

  float(field: number, value: number): this {
    return this.append(varint(field * 8 + FIXED32)).append(new Uint8Array(new Float32Array([value]).buffer));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.append(varint(field * 8 + LENGTH_DELIMITED))
      .append(varint(value.length))
      .append(value);
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  message(field: number, value: Message): this {
    this.append(varint(field * 8 + LENGTH_DELIMITED)).append(varint(value.byteLength));
    for (const piece of value.pieces) this.append(piece);
    return this;
  }

  messages(field: number, values: readonly Message[]): this {
    for (const value of values) this.message(field, value);
    return this;
  }

  /** A `map<string, Message>` field: one entry message (key 1, value 2) per pair. */
  map(field: number, entries: Iterable<readonly [string, Message]>): this {
    for (const [key, value] of entries) this.message(field, new Message().text(1, key).message(2, value));
    return this;
  }

  finish(): Uint8Array {
    const result = new Uint8Array(this.byteLength);
    let offset = 0;
    for (const piece of this.pieces) {
      result.set(piece, offset);
      offset += piece.length;
    }
    return result;
  }

  private append(piece: Uint8Array): this {
    this.pieces.push(piece);
    this.byteLength += piece.length;
    return this;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}
