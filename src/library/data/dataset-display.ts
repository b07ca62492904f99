/** What a data set is, for the reader: a line of text, and in a notebook its first samples too. */
import { escapeHtml } from "dnn-lab-core/html";
import { bitmapUrl } from "./bitmap";
import type { DatasetInfo } from "./dataset-info";
import { rowLength, type ColumnLayout, type Storage } from "./storage";

/** What is shown of a data set. */
export interface ShownData {
  readonly info: DatasetInfo;
  readonly storage: Storage;
  /** Numbers of the rows that it holds. */
  readonly rows: Int32Array;
  /** Samples of a pass. */
  readonly size: number;
  readonly batchSize: number | undefined;
  readonly stepsPerEpoch: number;
}

const MOST_CLASSES = 12;
const MOST_PICTURES = 16;
const MOST_ROWS = 5;
const MOST_NUMBERS = 10;
/** Larger pictures are shown by every second, third … of their pixels. */
const LARGEST_SIDE = 96;

/** `pets: 40 samples [12, 12, 3], labels [] of 2 classes (cats 20, dogs 20), 5 batches of 8`. */
export function datasetText(data: ShownData): string {
  const { info, storage, size, batchSize, stepsPerEpoch } = data;
  const features = shapeText(storage.features.shape, storage.featureLayout);
  const labels = shapeText(storage.labels.shape, storage.labelLayout);
  const batches =
    batchSize === undefined ? "" : `, ${stepsPerEpoch} ${stepsPerEpoch === 1 ? "batch" : "batches"} of ${batchSize}`;
  const name = info.split === "all" ? info.name : `${info.name} ${info.split}`;
  return `${name}: ${size} samples ${features}, labels ${labels}${classesText(data)}${batches}`;
}

function shapeText(shape: readonly number[], layout: ColumnLayout | undefined): string {
  const plain = (sizes: readonly number[]) => `[${sizes.join(", ")}]`;
  if (!layout) return plain(shape);
  return Object.entries(layout)
    .map(([name, sizes]) => `${name} ${plain(sizes)}`)
    .join(", ");
}

function classesText({ info, storage, rows }: ShownData): string {
  const { classNames } = info;
  if (classNames.length === 0) return "";
  const title = ` of ${classNames.length} classes`;
  if (storage.labels.shape.length > 0 || classNames.length > MOST_CLASSES) return title;
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(storage.labels.values[row], (counts.get(storage.labels.values[row]) ?? 0) + 1);
  return `${title} (${classNames.map((name, label) => `${name} ${counts.get(label) ?? 0}`).join(", ")})`;
}

/** The text, and as HTML with the first pictures or rows. */
export function datasetBundle(data: ShownData): Record<string, string> {
  const text = datasetText(data);
  const samples = isPicture(data.storage.features.shape) ? pictureGrid(data) : rowTable(data);
  return { "text/html": `<p>${escapeHtml(text)}</p>${samples}`, "text/plain": text };
}

function isPicture(shape: readonly number[]): boolean {
  return shape.length === 2 || (shape.length === 3 && [1, 3, 4].includes(shape[2]));
}

function labelText({ info, storage }: ShownData, row: number): string {
  const { values, shape } = storage.labels;
  const width = rowLength(shape);
  const label = Array.from(values.slice(row * width, (row + 1) * width));
  if (width === 1) return info.classNames[label[0]] ?? short(label[0]);
  return label.slice(0, MOST_NUMBERS).map(short).join(" ");
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

function pictureGrid(data: ShownData): string {
  const figures = Array.from(data.rows.slice(0, MOST_PICTURES), (row) => {
    const label = escapeHtml(labelText(data, row));
    const picture = `<img src="${pictureUrl(data.storage, row)}" alt="${label}" style="image-rendering: pixelated; min-width: 64px">`;
    return `<figure style="display: inline-block; margin: 4px; text-align: center">${picture}<figcaption>${label}</figcaption></figure>`;
  });
  return `<div>${figures.join("")}</div>`;
}

function rowTable(data: ShownData): string {
  const { values, shape } = data.storage.features;
  const width = rowLength(shape);
  const rows = Array.from(data.rows.slice(0, MOST_ROWS), (row) => {
    const numbers = Array.from(values.slice(row * width, row * width + Math.min(width, MOST_NUMBERS)), short);
    const more = width > MOST_NUMBERS ? ["…"] : [];
    return `<tr>${[...numbers, ...more, labelText(data, row)].map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`;
  });
  return `<table>${rows.join("")}</table>`;
}

/** A picture as a bitmap, every second, third … pixel of a large one. */
function pictureUrl({ features }: Storage, row: number): string {
  const [height, width, channels = 1] = features.shape;
  const length = height * width * channels;
  const pixels = features.values.subarray(row * length, (row + 1) * length);
  const brightness = scaleOf(pixels);
  const step = Math.ceil(Math.max(height, width) / LARGEST_SIDE);
  const [rows, columns] = [Math.ceil(height / step), Math.ceil(width / step)];
  const colours = new Uint8Array(rows * columns * 3);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const from = (y * step * width + x * step) * channels;
      for (let c = 0; c < 3; c++) {
        colours[(y * columns + x) * 3 + c] = brightness(pixels[from + (channels < 3 ? 0 : c)]);
      }
    }
  }
  return bitmapUrl(colours, columns, rows);
}

/** Bytes as they are; shares of 1 as bytes; anything else from its least to its greatest value. */
function scaleOf(pixels: ArrayLike<number>): (value: number) => number {
  if (pixels instanceof Uint8Array) return (value) => value;
  let [least, greatest] = [Infinity, -Infinity];
  for (let i = 0; i < pixels.length; i++) {
    least = Math.min(least, pixels[i]);
    greatest = Math.max(greatest, pixels[i]);
  }
  if (least >= 0 && greatest <= 1) return (value) => Math.round(value * 255);
  const range = greatest - least || 1;
  return (value) => Math.round(((value - least) / range) * 255);
}
