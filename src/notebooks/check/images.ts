/** Pictures, where there is nothing better to compare: by the mean difference of their pixels. */
import type { Comparison } from "./difference";
import { shown } from "./numbers";
import { readPng } from "./png";

/** Edges drawn by another version of a library differ by less; another curve by more. */
export const DEFAULT_PIXELS = 0.01;

/** Compares two pictures, each base64. `tolerance` is the mean difference of all channels, 0 to 1. */
export function compareImages(where: string, reference: string, ours: string, tolerance = DEFAULT_PIXELS): Comparison {
  const clean = (text: string) => text.replace(/\s/g, "");
  if (clean(reference) === clean(ours)) return { differences: [], numbers: 0 };
  const [a, b] = [reference, ours].map((text) => readPng(Buffer.from(text, "base64")));
  const different = (message: string): Comparison => ({ differences: [{ kind: "image", where, message }], numbers: 0 });
  if (!a || !b)
    return different("its bytes differ from the reference's (pixels are compared of PNG with 8 bits a channel only)");
  if (a.width !== b.width || a.height !== b.height) {
    return different(`${b.width} × ${b.height} pixels, reference ${a.width} × ${a.height}`);
  }
  let sum = 0;
  for (let i = 0; i < a.values.length; i++) sum += Math.abs(a.values[i] - b.values[i]);
  const mean = sum / a.values.length / 255;
  if (mean <= tolerance) return { differences: [], numbers: 0 };
  return different(`its pixels differ by ${shown(100 * mean)} % on average, allowed ${shown(100 * tolerance)} %`);
}
