/** A small grey picture that polygons are painted on, with smooth edges. */

/** Corners x₀, y₀, x₁, y₁, … of a closed outline. */
export type Outline = readonly number[];

/** Scan lines in a row of pixels; edges are smoothed by as many steps vertically, exactly horizontally. */
const LINES = 4;
/** An outline of n corners crosses a line at most n times. */
const MOST_CROSSINGS = 64;

export class Canvas {
  /** Tone of each pixel, row by row: 0 is the background, 1 full brightness. */
  readonly tones: Float32Array;
  /** How much of each pixel anything covers, 0 to 1. */
  readonly covered: Float32Array;
  private readonly coverage: Float32Array;
  private readonly crossings = new Float64Array(MOST_CROSSINGS);

  constructor(readonly side: number) {
    this.tones = new Float32Array(side * side);
    this.covered = new Float32Array(side * side);
    this.coverage = new Float32Array(side * side);
  }

  clear(): void {
    this.tones.fill(0);
    this.covered.fill(0);
  }

  /** Paints the inside of the outline (pixel units, even-odd rule); the tone 0 cuts a hole. */
  fill(outline: Outline, tone: number): void {
    const { side, coverage, tones, covered } = this;
    const [first, end] = this.rowsOf(outline);
    coverage.fill(0, first * side, end * side);
    for (let line = first * LINES; line < end * LINES; line++) this.coverLine(outline, line);
    for (let i = first * side; i < end * side; i++) {
      const part = coverage[i];
      if (part === 0) continue;
      tones[i] += (tone - tones[i]) * part;
      covered[i] += ((tone > 0 ? 1 : 0) - covered[i]) * part;
    }
  }

  private rowsOf(outline: Outline): [first: number, end: number] {
    let top = Infinity;
    let bottom = -Infinity;
    for (let i = 1; i < outline.length; i += 2) {
      if (outline[i] < top) top = outline[i];
      if (outline[i] > bottom) bottom = outline[i];
    }
    return [Math.max(0, Math.floor(top)), Math.min(this.side, Math.ceil(bottom))];
  }

  /** Adds what lies inside the outline along one scan line. */
  private coverLine(outline: Outline, line: number): void {
    const { crossings } = this;
    let count = 0;
    const y = (line + 0.5) / LINES;
    let lastX = outline[outline.length - 2];
    let lastY = outline[outline.length - 1];
    for (let i = 0; i < outline.length; i += 2) {
      const x = outline[i];
      const nextY = outline[i + 1];
      if (lastY <= y !== nextY <= y) {
        insertSorted(crossings, count++, lastX + ((y - lastY) / (nextY - lastY)) * (x - lastX));
      }
      lastX = x;
      lastY = nextY;
    }
    const row = Math.floor(line / LINES) * this.side;
    for (let i = 0; i + 1 < count; i += 2) this.coverSpan(row, crossings[i], crossings[i + 1]);
  }

  private coverSpan(row: number, from: number, to: number): void {
    const { side, coverage } = this;
    const start = Math.max(0, from);
    const end = Math.min(side, to);
    for (let x = Math.floor(start); x < end; x++) {
      coverage[row + x] += (Math.min(end, x + 1) - Math.max(start, x)) / LINES;
    }
  }
}

/** Inserts a value among the first `count`, which are in order. */
function insertSorted(values: Float64Array, count: number, value: number): void {
  let place = count;
  while (place > 0 && values[place - 1] > value) {
    values[place] = values[place - 1];
    place--;
  }
  values[place] = value;
}
