/** A picture file as bytes `[height, width, channels]`, upright and in the size asked for. */
import { requireOptional } from "dnn-lab-core/optional-package";
import { readFile } from "../../platform";
import { decodePlainJpeg } from "./native-jpeg";

/** What is used of sharp. */
interface Sharp {
  autoOrient(): Sharp;
  toColourspace(name: "srgb" | "b-w"): Sharp;
  removeAlpha(): Sharp;
  ensureAlpha(): Sharp;
  raw(options: { depth: "uchar" }): Sharp;
  toBuffer(options: {
    resolveWithObject: true;
  }): Promise<{ data: Uint8Array; info: { width: number; height: number; channels: number } }>;
}
type MakeSharp = (path: string, options: { failOn: "error" }) => Sharp;

/** Keras' names. */
export type ColorMode = "grayscale" | "rgb" | "rgba";
export const CHANNELS: Readonly<Record<ColorMode, number>> = { grayscale: 1, rgb: 3, rgba: 4 };

/** What pictures are brought to. */
export interface PictureForm {
  /** In pixels. */
  readonly size: readonly [height: number, width: number];
  /** Which channels there are: 1, 3 or 4. */
  readonly colorMode: ColorMode;
  /** How new pixels are made of old ones. */
  readonly interpolation: "bilinear" | "nearest";
  /** Cut to the proportions of `size` first, instead of being stretched. */
  readonly cropToAspectRatio: boolean;
}

/** Loads sharp; throws, with the command that adds it, when it is not installed. */
export function pictureDecoder(owner: string): (path: string, form: PictureForm) => Promise<Uint8Array> {
  const sharp = requireOptional<MakeSharp>("sharp", owner, "images");
  return async (path, form) => {
    const plain = mayBeJpeg(path) && form.colorMode === "rgb" ? decodePlainJpeg(await readFile(path)) : undefined;
    if (plain) return resized(plain, form);
    const { data, info } = await withColours(sharp(path, { failOn: "error" }).autoOrient(), form.colorMode)
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return resized({ values: data, height: info.height, width: info.width, channels: info.channels }, form);
  };
}

const mayBeJpeg = (path: string): boolean => /\.jpe?g$/i.test(path);

function withColours(picture: Sharp, mode: ColorMode): Sharp {
  if (mode === "rgba") return picture.toColourspace("srgb").ensureAlpha();
  return picture.toColourspace(mode === "grayscale" ? "b-w" : "srgb").removeAlpha();
}

interface Pixels {
  readonly values: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** As `tf.image.resize` does, rounded to bytes: pixels are squares whose centres lie at ½, 1½ …; no smoothing. */
export function resized(
  picture: Pixels,
  { size: [height, width], interpolation, cropToAspectRatio }: PictureForm,
): Uint8Array {
  const part = cropToAspectRatio
    ? middle(picture, height / width)
    : { top: 0, left: 0, height: picture.height, width: picture.width };
  const { values, channels } = picture;
  // Every pixel would stay as it is.
  if (part.height === height && part.width === width && picture.height === height && picture.width === width) {
    return values;
  }
  const rows = positions(height, part.height, part.top, interpolation);
  const columns = positions(width, part.width, part.left, interpolation);
  const stride = picture.width * channels;
  const result = new Uint8Array(height * width * channels);
  let at = 0;
  for (const row of rows) {
    const [top, bottom] = [row.low * stride, row.high * stride];
    for (const { low, high, share } of columns) {
      const [left, right] = [low * channels, high * channels];
      for (let channel = 0; channel < channels; channel++) {
        const above = values[top + left + channel] * (1 - share) + values[top + right + channel] * share;
        const below = values[bottom + left + channel] * (1 - share) + values[bottom + right + channel] * share;
        result[at++] = Math.round(above * (1 - row.share) + below * row.share);
      }
    }
  }
  return result;
}

/** The part in the middle with the proportions (height by width) asked for. */
function middle({ height, width }: Pixels, proportions: number) {
  const rows = Math.max(1, Math.min(height, Math.trunc(width * proportions)));
  const columns = Math.max(1, Math.min(width, Math.trunc(height / proportions)));
  return { top: (height - rows) >> 1, left: (width - columns) >> 1, height: rows, width: columns };
}

/** Between which two old rows (or columns) each new one lies, and how near to the second. */
function positions(count: number, from: number, offset: number, interpolation: PictureForm["interpolation"]) {
  return Array.from({ length: count }, (_, i) => {
    const centre = ((i + 0.5) * from) / count;
    if (interpolation === "nearest") {
      const place = offset + Math.min(from - 1, Math.floor(centre));
      return { low: place, high: place, share: 0 };
    }
    const place = Math.min(from - 1, Math.max(0, centre - 0.5));
    const low = Math.floor(place);
    return { low: offset + low, high: offset + Math.min(from - 1, low + 1), share: place - low };
  });
}
