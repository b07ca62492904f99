/** NumPy's `.npy` and `.npz` files. Source: the format's description in NumPy's documentation, versions 1 to 3. */
import { show } from "dnn-lab-core/check";
import { existsSync, readFileSync } from "../platform";

/** An array of a file. */
export interface NumpyArray {
  /** Row by row; float64 for 64-bit integers, which are refused beyond 2⁵³. */
  readonly values: Uint8Array | Int32Array | Float32Array | Float64Array;
  /** As NumPy's `shape`. */
  readonly shape: readonly number[];
  /** NumPy's name of the element type in the file, such as `<f4`. */
  readonly dtype: string;
}

interface ZipEntry {
  readonly entryName: string;
  readonly header: { readonly size: number; readonly compressedSize: number };
  getData(): Buffer;
}

type Read = (view: DataView, at: number, little: boolean) => number;

interface Kind {
  readonly bytes: number;
  readonly make: (length: number) => NumpyArray["values"];
  readonly read: Read;
}

const int32 = (length: number) => new Int32Array(length);
const float64 = (length: number) => new Float64Array(length);
const bytes = (length: number) => new Uint8Array(length);
const float32 = (length: number) => new Float32Array(length);

/** By NumPy's letter and size. */
const KINDS: Readonly<Record<string, Kind>> = {
  b1: { bytes: 1, make: bytes, read: (view, at) => view.getUint8(at) },
  u1: { bytes: 1, make: bytes, read: (view, at) => view.getUint8(at) },
  i1: { bytes: 1, make: int32, read: (view, at) => view.getInt8(at) },
  u2: { bytes: 2, make: int32, read: (view, at, little) => view.getUint16(at, little) },
  i2: { bytes: 2, make: int32, read: (view, at, little) => view.getInt16(at, little) },
  i4: { bytes: 4, make: int32, read: (view, at, little) => view.getInt32(at, little) },
  u4: { bytes: 4, make: float64, read: (view, at, little) => view.getUint32(at, little) },
  i8: { bytes: 8, make: float64, read: (view, at, little) => whole(view.getBigInt64(at, little)) },
  u8: { bytes: 8, make: float64, read: (view, at, little) => whole(view.getBigUint64(at, little)) },
  f2: { bytes: 2, make: float32, read: (view, at, little) => half(view.getUint16(at, little)) },
  f4: { bytes: 4, make: float32, read: (view, at, little) => view.getFloat32(at, little) },
  f8: { bytes: 8, make: float64, read: (view, at, little) => view.getFloat64(at, little) },
};

function whole(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new RangeError(`it holds ${value}, which is beyond 2^53 and would be rounded`);
}

/** A float16: sign, five bits of exponent, ten of fraction. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/**
 * The array of a `.npy` file: numbers and truth values of every size and byte order, in C or Fortran order.
 *
 * @throws Error, naming the file, for a file that is damaged or no `.npy` file, and for arrays of Python objects, which
 * are code and are not run.
 * @example const { values, shape } = readNpy("features.npy");
 */
export function readNpy(path: string): NumpyArray {
  return named(path, () => parseNpy(fileBytes("readNpy", path)));
}

/**
 * The arrays of a `.npz` file (`numpy.savez`, also compressed) by their names.
 *
 * @throws Error as {@link readNpy}.
 * @example const { x, y } = await readNpz("digits.npz");
 */
export async function readNpz(path: string): Promise<Record<string, NumpyArray>> {
  const content = fileBytes("readNpz", path);
  // The package comes without types.
  const { default: Zip } = (await import("adm-zip" as string)) as {
    default: new (content: Buffer) => { getEntries(): ZipEntry[] };
  };
  const entries = named(path, () => new Zip(content).getEntries());
  if (entries.length === 0) throw new Error(`'${path}' cannot be read as NumPy's: it is an archive without arrays.`);
  const arrays = entries.map((entry) => [
    entry.entryName.replace(/\.npy$/, ""),
    named(`${path}: ${entry.entryName}`, () => parseNpy(unpacked(entry))),
  ]);
  return Object.fromEntries(arrays) as Record<string, NumpyArray>;
}

/** Arrays of zeros shrink well, but nothing of use shrinks a thousandfold beyond what any machine minds. */
const MOST_EXPANSION = 1000;
const ALWAYS_FINE = 2 ** 30;

function unpacked({ header: { size, compressedSize }, getData }: ZipEntry): Buffer {
  if (size > ALWAYS_FINE && size > MOST_EXPANSION * compressedSize) {
    throw new Error(`it would grow from ${compressedSize} to ${size} bytes`);
  }
  return getData();
}

function fileBytes(owner: string, path: string): Buffer {
  if (typeof path !== "string") throw new TypeError(`${owner}: path must be a text, received ${show(path)}.`);
  if (!existsSync(path)) throw new Error(`${owner}: there is no file '${path}'.`);
  return readFileSync(path);
}

function named<T>(path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw new Error(`'${path}' cannot be read as NumPy's: ${(error as Error).message}.`, { cause: error });
  }
}

function parseNpy(file: Buffer): NumpyArray {
  if (file.length < 10 || file.toString("latin1", 0, 6) !== "\x93NUMPY")
    throw new Error("it does not begin with NUMPY");
  const version = file[6];
  if (version < 1 || version > 3) throw new Error(`it has version ${version}; 1 to 3 are known`);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? file.readUInt16LE(8) : file.length < 12 ? Infinity : file.readUInt32LE(8);
  if (start + length > file.length) throw new Error("its header is cut off");
  const { descr, fortran, shape } = parseHeader(file.toString("utf8", start, start + length));
  return arrayOf(file.subarray(start + length), descr, fortran, shape);
}

/** A Python dictionary such as `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`. */
function parseHeader(text: string): { descr: string; fortran: boolean; shape: number[] } {
  const descr = /'descr':\s*'([^']+)'/.exec(text)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (fortran === undefined || shape === undefined) throw new Error("its header is not NumPy's");
  if (descr === undefined) throw new Error("its elements have several fields, which is not supported");
  const sizes = shape.split(",").filter((size) => size.trim() !== "");
  return { descr, fortran: fortran === "True", shape: sizes.map(Number) };
}

function arrayOf(data: Buffer, descr: string, fortran: boolean, shape: readonly number[]): NumpyArray {
  const kind = KINDS[descr.slice(1)];
  if (descr.includes("O")) throw new Error("it holds Python objects, which only Python can read");
  if (!kind || !"<>|=".includes(descr[0])) throw new Error(`its elements are of type ${show(descr)}, and no numbers`);
  const count = shape.reduce((product, size) => product * size, 1);
  if (count * kind.bytes !== data.length) {
    throw new Error(`its shape [${shape.join(", ")}] needs ${count * kind.bytes} bytes, it has ${data.length}`);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const values = kind.make(count);
  const places = fortran ? fortranPlaces(shape) : (i: number) => i;
  for (let i = 0; i < count; i++) values[places(i)] = kind.read(view, i * kind.bytes, descr[0] !== ">");
  return { values, shape, dtype: descr };
}

/** Place in C order of the i-th element of Fortran's, whose first index runs fastest. */
function fortranPlaces(shape: readonly number[]): (i: number) => number {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  return (i) => {
    let [rest, place] = [i, 0];
    shape.forEach((size, axis) => {
      place += (rest % size) * strides[axis];
      rest = Math.floor(rest / size);
    });
    return place;
  };
}
