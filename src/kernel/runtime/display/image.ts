import { readFileSync } from "node:fs";
import {
  ArrayBuffer,
  Buffer,
  Number,
  RangeError,
  String,
  TypeError,
  URL,
  Uint8Array,
  Uint8ClampedArray,
} from "../../intrinsics";
import { imageType } from "./image-type";
import { encodePng, type Pixels } from "./png";
import { isTensor } from "./tensor";

/** An encoded image. */
export interface EncodedImage {
  readonly mime: string;
  /** Base64, or the text of an SVG. */
  readonly content: string;
  readonly description: string;
}

/** A canvas of node-canvas, skia-canvas or @napi-rs/canvas. */
interface CanvasLike {
  readonly width: number;
  readonly height: number;
  toBuffer(mime: "image/png"): Buffer;
}

/** A value that is an image by its shape: encoded bytes, pixels (`ImageData`) or a canvas. */
export function imageOf(value: object): EncodedImage | undefined {
  if (value instanceof Uint8Array) return fromBytes(value, false);
  if (isCanvas(value))
    return encoded("image/png", value.toBuffer("image/png"), `canvas ${value.width} × ${value.height}`);
  // Other bytes with a width and a height may be anything: `image(value)` shows those.
  if (isPixels(value) && value.data instanceof Uint8ClampedArray) return fromPixels(value);
  return undefined;
}

/** What `image(…)` takes: besides the above a file, a `data:` URL and tensors of rank 2 or 3. */
export function toImage(source: unknown): EncodedImage {
  if (typeof source === "string") return fromText(source);
  if (typeof source === "object" && source !== null) {
    if (source instanceof URL) return fromFile(source);
    if (isTensor(source)) return fromPixels(tensorPixels(source.shape, source.dataSync(), source.dtype));
    if (source instanceof ArrayBuffer) return fromBytes(new Uint8Array(source), true) as EncodedImage;
    const image = source instanceof Uint8Array ? fromBytes(source, true) : imageOf(source);
    if (image !== undefined) return image;
    if (isPixels(source)) return fromPixels(source);
  }
  throw new TypeError(
    "image: expected encoded bytes, a file name, a file: or data: URL, a canvas, { width, height, data } or a tensor of rank 2 or 3",
  );
}

/** The bundle of an image. */
export function imageBundle({ mime, content, description }: EncodedImage): Record<string, string> {
  return { [mime]: content, "text/plain": `[${description}]` };
}

function fromText(source: string): EncodedImage {
  const url = /^data:(image\/[\w.+-]+);base64,(.*)$/s.exec(source);
  if (url !== null) return { mime: url[1] as string, content: url[2] as string, description: url[1] as string };
  if (/^\s*(<\?xml[^>]*>\s*)?<svg[\s>]/i.test(source))
    return { mime: "image/svg+xml", content: source, description: "SVG" };
  return fromFile(source.startsWith("file:") ? new URL(source) : source);
}

function fromFile(file: string | URL): EncodedImage {
  const bytes = readFileSync(file);
  if (String(file).toLowerCase().endsWith(".svg"))
    return { mime: "image/svg+xml", content: bytes.toString("utf8"), description: String(file) };
  return fromBytes(bytes, true) as EncodedImage;
}

function fromBytes(bytes: Uint8Array, required: boolean): EncodedImage | undefined {
  const mime = imageType(bytes);
  if (mime !== undefined) return encoded(mime, bytes, `${mime}, ${bytes.length} bytes`);
  if (!required) return undefined;
  throw new TypeError(`image: the ${bytes.length} bytes are no PNG, JPEG, GIF, WebP or BMP`);
}

function fromPixels(pixels: Pixels): EncodedImage {
  return encoded("image/png", encodePng(pixels), `image ${pixels.width} × ${pixels.height}`);
}

function encoded(mime: string, bytes: Uint8Array, description: string): EncodedImage {
  return { mime, content: Buffer.from(bytes).toString("base64"), description };
}

function isCanvas(value: object): value is CanvasLike {
  const canvas = value as Partial<CanvasLike> & { getContext?: unknown };
  return (
    typeof canvas.toBuffer === "function" && typeof canvas.getContext === "function" && typeof canvas.width === "number"
  );
}

function isPixels(value: object): value is Pixels {
  const { width, height, data } = value as Partial<Pixels>;
  if (!Number.isInteger(width) || !Number.isInteger(height)) return false;
  const size = (width as number) * (height as number);
  return (
    (data instanceof Uint8ClampedArray || data instanceof Uint8Array) &&
    [1, 3, 4].some((channels) => data.length === size * channels)
  );
}

/** Floats are taken as 0 to 1, integers as 0 to 255: the convention of `tf.browser.toPixels`. */
function tensorPixels(shape: readonly number[], values: ArrayLike<number>, dtype: string): Pixels {
  const [height, width, channels = 1] = shape as [number, number, number?];
  if ((shape.length !== 2 && shape.length !== 3) || ![1, 3, 4].includes(channels)) {
    throw new RangeError(
      `image: a tensor must be [height, width] or [height, width, 1, 3 or 4], received [${shape.join(", ")}]`,
    );
  }
  const scale = dtype === "float32" || dtype === "bool" ? 255 : 1;
  return { width, height, data: Uint8ClampedArray.from(values, (value) => value * scale) };
}
