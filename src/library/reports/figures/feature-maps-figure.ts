/** Maps of convolutional layers, or filters, side by side. */
import { checkNumber, checkOptions, show } from "dnn-lab-core/check";
import { Figure } from "./figure";
import type { Layout, Trace } from "./plotly-figure";
import { layoutStyle } from "./style";

/** Options of {@link featureMapsFigure}. */
export interface FeatureMapsFigureOptions {
  /** Title above the figure. */
  readonly title?: string;
  /** Maps beside each other in each sheet (default: as many as make it about square). */
  readonly columns?: number;
  /** Highest number of maps that is drawn of a layer; the figure says when there are more (default 64). */
  readonly maxMaps?: number;
  /** In CSS pixels; default 380. */
  readonly height?: number;
}

/** `[row][column]`. */
type Picture = readonly (readonly number[])[];

/** The maps of a layer, or its filters: a result of `filtersOf`. */
export interface ShownLayerMaps {
  /** Name of the layer. */
  readonly layer: string;
  /** `[channel][row][column]`, all of the same size. */
  readonly maps: readonly Picture[];
}

/** A result of `featureMaps`. */
export interface ShownFeatureMaps {
  /** One entry a layer. */
  readonly layers: readonly ShownLayerMaps[];
  /** `[height][width][channels]`; drawn in grey. */
  readonly image: readonly (readonly (readonly number[])[])[];
}

/**
 * Draws the picture and beside it a sheet for each layer, all of its maps in rows; or one sheet of filters. Each map is
 * divided by its own largest size, so that weak ones are seen too: dark is 0 and bright the most; where there are negative
 * values, red is negative, blue positive and white 0.
 *
 * @example featureMapsFigure(await featureMaps(pictureModel, picture))
 */
export function featureMapsFigure(
  shown: ShownFeatureMaps | ShownLayerMaps,
  options: FeatureMapsFigureOptions = {},
): Figure {
  const owner = "featureMapsFigure";
  const checked = checkOptions(owner, options, { title: true, columns: true, maxMaps: true, height: true });
  const { title, columns, maxMaps = 64, height = 380 } = checked;
  if (columns !== undefined) checkNumber(owner, "columns", columns, { integer: true, min: 1 });
  checkNumber(owner, "maxMaps", maxMaps, { integer: true, min: 1 });
  checkNumber(owner, "height", height, { above: 0 });
  const layers = "layers" in shown ? shown.layers : [shown];
  for (const { layer, maps } of layers) {
    if (!maps?.[0]?.[0]?.length) {
      throw new TypeError(`${owner}: layer '${layer}' must have maps [channel][row][column], received ${show(maps)}.`);
    }
  }
  const sheets = layers.map((each) => layerSheet(each, columns, maxMaps));
  if ("layers" in shown) sheets.unshift(pictureSheet(shown.image));
  const style = layoutStyle(title);
  const margin = { l: 10, r: 10, t: title ? 96 : 56, b: 10 };
  const layout = { ...style, margin, height, hovermode: "closest", ...panels(sheets) };
  const names = layers.map(({ layer, maps }) => `${maps.length} of '${layer}'`).join(", ");
  const of = "layers" in shown ? "What layers put out for a picture" : "Filters";
  return new Figure(sheets.map(trace), layout, `${title ?? of}: ${names}`);
}

interface Sheet {
  readonly name: string;
  readonly z: (number | null)[][];
  readonly signed: boolean;
}

function layerSheet({ layer, maps }: ShownLayerMaps, columns: number | undefined, maxMaps: number): Sheet {
  const drawn = maps.slice(0, maxMaps);
  const size = `${maps[0].length}×${maps[0][0].length}`;
  const count = drawn.length < maps.length ? `the first ${drawn.length} of ${maps.length}` : `${maps.length}`;
  const z = montage(drawn.map(stretched), columns ?? Math.ceil(Math.sqrt(drawn.length)));
  const signed = drawn.some((map) => map.some((row) => row.some((value) => value < 0)));
  return { name: `${layer}<br>${count} of ${size}`, z, signed };
}

function pictureSheet(image: ShownFeatureMaps["image"]): Sheet {
  const grey = image.map((row) => row.map((pixel) => pixel.reduce((a, b) => a + b, 0) / pixel.length));
  const values = grey.flat();
  const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const z = grey.map((row) => row.map((value) => (value - least) / (most - least || 1)));
  return { name: "the picture", z, signed: false };
}

/** The map divided by its largest size. */
function stretched(map: Picture): Picture {
  const most = map.reduce((outer, row) => row.reduce((inner, value) => Math.max(inner, Math.abs(value)), outer), 0);
  return most > 0 ? map.map((row) => row.map((value) => value / most)) : map;
}

/** Small pictures in rows, as one; the gaps between them stay empty. */
function montage(pictures: readonly Picture[], columns: number): (number | null)[][] {
  const [height, width] = [pictures[0].length, pictures[0][0].length];
  const across = Math.min(columns, pictures.length);
  const down = Math.ceil(pictures.length / across);
  const gap = Math.max(1, Math.round(width / 14));
  const sheet = Array.from({ length: down * (height + gap) - gap }, () =>
    Array.from({ length: across * (width + gap) - gap }, (): number | null => null),
  );
  pictures.forEach((picture, i) => {
    const [top, left] = [Math.floor(i / across) * (height + gap), (i % across) * (width + gap)];
    picture.forEach((row, y) => row.forEach((value, x) => (sheet[top + y][left + x] = value)));
  });
  return sheet;
}

/** Plotly does not number the first axis. */
const number = (i: number) => (i === 0 ? "" : String(i + 1));

function trace({ z, signed }: Sheet, i: number): Trace {
  const colours = signed ? { zmin: -1, zmax: 1, colorscale: "RdBu" } : { zmin: 0, zmax: 1, colorscale: "Viridis" };
  const place = { xaxis: `x${number(i)}`, yaxis: `y${number(i)}` };
  return { type: "heatmap", z, ...colours, ...place, showscale: false, hovertemplate: "%{z:.2f}<extra></extra>" };
}

const GAP = 0.03;

/** Axes for the sheets from left to right, each as wide as its shape asks for, and their names above. */
function panels(sheets: readonly Sheet[]): Layout {
  const shapes = sheets.map(({ z }) => Math.max(0.3, z[0].length / z.length));
  const unit = (1 - GAP * (sheets.length - 1)) / shapes.reduce((a, b) => a + b, 0);
  const axes: Record<string, unknown> = {};
  let left = 0;
  const annotations = sheets.map(({ name }, i) => {
    const domain = [left, Math.min(1, left + shapes[i] * unit)];
    left = domain[1] + GAP;
    axes[`xaxis${number(i)}`] = { visible: false, domain, constrain: "domain" };
    axes[`yaxis${number(i)}`] = {
      ...{ visible: false, autorange: "reversed", constrain: "domain" },
      ...{ scaleanchor: `x${number(i)}`, anchor: `x${number(i)}` },
    };
    const middle = (domain[0] + domain[1]) / 2;
    const place = { x: middle, xref: "paper", y: 1, yref: "paper", yanchor: "bottom" };
    return { text: name, ...place, showarrow: false, font: { size: 12 } };
  });
  return { ...axes, annotations };
}
