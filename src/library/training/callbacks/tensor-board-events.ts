/**
 * TensorBoard's event files: records of TFRecord (length, its checksum, content, its checksum), each the message
 * `tensorflow.Event` in the encoding of protocol buffers. Numbers of fields are those of tensorflow/core/util/event.proto
 * and tensorflow/core/framework/{summary,tensor,tensor_shape}.proto.
 */
import { bytesOf } from "dnn-lab-core/bytes";
import { maskedCrc32c } from "./crc32c";

/** How protocol buffers tell the encoding of a field. */
const [VARINT, DOUBLE, BYTES] = [0, 1, 2];
/** tensorflow.DataType */
const [FLOAT, FLOAT64] = [1, 2];
/** tensorflow.SessionLog.START */
const START = 1;

/** The first record of a file: its version. */
export function versionRecord(wallTime: number): Buffer {
  return record(event(wallTime, undefined, text(3, "brain.Event:2")));
}

/** Says that a training begins at this step: what the folder holds of it and later ones is from a run that was broken off. */
export function startRecord(wallTime: number, step: number): Buffer {
  return record(event(wallTime, step, message(7, whole(1, START))));
}

/** One number, kept as float32. */
export function scalarRecord(wallTime: number, step: number, tag: string, value: number): Buffer {
  const tensor = [whole(1, FLOAT), message(2), bytes(4, bytesOf(Float32Array.of(value)))];
  return summaryRecord(wallTime, step, tag, "scalars", tensor);
}

/** Rows of left edge, right edge and count. */
export function histogramRecord(wallTime: number, step: number, tag: string, buckets: Float64Array): Buffer {
  const shape = [buckets.length / 3, 3].map((size) => message(2, whole(1, size)));
  const tensor = [whole(1, FLOAT64), message(2, ...shape), bytes(4, bytesOf(buckets))];
  return summaryRecord(wallTime, step, tag, "histograms", tensor);
}

function summaryRecord(
  wallTime: number,
  step: number,
  tag: string,
  plugin: "scalars" | "histograms",
  tensor: readonly Buffer[],
): Buffer {
  const metadata = message(9, message(1, text(1, plugin)));
  const value = message(1, text(1, tag), metadata, message(8, ...tensor));
  return record(event(wallTime, step, message(5, value)));
}

function event(wallTime: number, step: number | undefined, what: Buffer): Buffer {
  const time = Buffer.concat([varint((1 << 3) | DOUBLE), Buffer.alloc(8)]);
  time.writeDoubleLE(wallTime, 1);
  return Buffer.concat([time, ...(step ? [whole(2, step)] : []), what]);
}

function record(content: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeUInt32LE(content.length);
  return Buffer.concat([length, checksum(length), content, checksum(content)]);
}

function checksum(content: Buffer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(maskedCrc32c(content));
  return bytes;
}

const whole = (field: number, value: number) => Buffer.concat([varint((field << 3) | VARINT), varint(value)]);

const bytes = (field: number, content: Uint8Array) =>
  Buffer.concat([varint((field << 3) | BYTES), varint(content.length), content]);

const text = (field: number, content: string) => bytes(field, Buffer.from(content));

const message = (field: number, ...fields: readonly Buffer[]) => bytes(field, Buffer.concat(fields));

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}
