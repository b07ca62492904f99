/** A network as circles and lines: which units are left out, which weights are frozen, what flows through it. */
import { checkNumber, checkOptions, type OptionNames, show } from "dnn-lab-core/check";
import { Figure } from "./figure";
import type { Trace } from "./plotly-figure";
import { defaultHeight, ink, layoutStyle, palette } from "./style";

/** Options of {@link networkFigure}. Layers count from 0, the input. */
export interface NetworkFigureOptions {
  /** Title above the figure. */
  readonly title?: string;
  /** Name of each layer, written below it. */
  readonly names?: readonly string[];
  /** Numbers of the units of each layer that are left out: `[[], [0, 3]]`. */
  readonly dropped?: readonly (readonly number[])[];
  /** Layers whose incoming weights are frozen, drawn as dotted lines. */
  readonly frozen?: readonly number[];
  /** Layers whose incoming weights are at work, drawn thick. */
  readonly active?: readonly number[];
  /** A number for each unit, `[layer][unit]`, drawn as its colour. */
  readonly values?: readonly (readonly number[])[];
  /** Value of the darkest colour (default the largest in size of `values`); the same for all frames of an animation. */
  readonly largest?: number;
  /** What the values are, beside the scale of colours. */
  readonly valueTitle?: string;
  /** In CSS pixels; default 380. */
  readonly height?: number;
  /** A sentence for readers without the picture. */
  readonly description?: string;
}

const owner = "networkFigure";
const known: OptionNames<NetworkFigureOptions> = {
  title: true,
  names: true,
  dropped: true,
  frozen: true,
  active: true,
  values: true,
  largest: true,
  valueTitle: true,
  height: true,
  description: true,
};
const mostUnits = 40;

/** Where a unit stands: layers from left to right, each around the middle. */
type Place = readonly [x: number, y: number];

/**
 * Draws a dense network, `layers` units each. The figure has the same traces whatever its options are, so that several make a
 * `frameFigure`: dropout masks batch by batch, layers that thaw, a pass from layer to layer.
 *
 * @throws TypeError, RangeError for layers or units that there are not.
 * @example
 * networkFigure([4, 6, 6, 3], { dropped: [[], [1, 4], [0]], title: "A mask" });
 */
export function networkFigure(layers: readonly number[], options: NetworkFigureOptions = {}): Figure {
  const given = checkOptions(owner, options, known);
  checkLayers(layers, given);
  const { title, height = defaultHeight, description } = given;
  checkNumber(owner, "height", height, { above: 0 });
  const layout = {
    ...layoutStyle(title),
    height,
    hovermode: "closest",
    xaxis: { visible: false, range: [-0.5, layers.length - 0.5] },
    yaxis: { visible: false, range: [-0.72, 0.6] },
  };
  const traces = [...lines(layers, given), ...units(layers, given), nameTrace(layers, given)];
  return new Figure(traces, layout, description ?? describeNetwork(layers, given));
}

function checkLayers(
  layers: readonly number[],
  { dropped, frozen, active, values, names }: NetworkFigureOptions,
): void {
  if (!Array.isArray(layers) || layers.length < 2)
    throw new TypeError(
      `${owner}: expected the units of at least two layers, as in [3, 5, 2]; received ${show(layers)}.`,
    );
  layers.forEach((units, i) => checkNumber(owner, `layer ${i}`, units, { integer: true, min: 1, max: mostUnits }));
  const at = { integer: true, min: 1, max: layers.length - 1 } as const;
  for (const layer of [...(frozen ?? []), ...(active ?? [])]) checkNumber(owner, "frozen and active", layer, at);
  dropped?.forEach((all, i) =>
    all.forEach((unit) =>
      checkNumber(owner, `dropped[${i}]`, unit, { integer: true, min: 0, max: (layers[i] ?? 0) - 1 }),
    ),
  );
  for (const [key, list] of Object.entries({ values, names, dropped }))
    if (list !== undefined && list.length > layers.length)
      throw new RangeError(`${owner}: ${key} has ${list.length} entries, but there are ${layers.length} layers.`);
  values?.forEach((row, i) => {
    if (row.length !== layers[i] || !row.every(Number.isFinite))
      throw new TypeError(`${owner}: values[${i}] must have ${layers[i]} finite numbers, received ${show(row)}.`);
  });
}

/** Layers from left to right, units around the middle. */
function placeOf(layers: readonly number[], layer: number, unit: number): Place {
  const tallest = Math.max(...layers, 2);
  return [layer, ((layers[layer] - 1) / 2 - unit) / (tallest - 1 || 1)];
}

type Kind = "plain" | "active" | "frozen" | "dropped";
const looks: Readonly<Record<Kind, object>> = {
  plain: { color: "rgba(128, 128, 128, 0.55)", width: 1 },
  active: { color: palette.vermillion, width: 2 },
  frozen: { color: palette.grey, width: 1, dash: "dot" },
  dropped: { color: "rgba(128, 128, 128, 0.12)", width: 1 },
};
const kindNames: Readonly<Record<Kind, string>> = {
  plain: "weights",
  active: "at work",
  frozen: "frozen weights",
  dropped: "left out",
};

/** One trace for each kind of line, empty where there is none of it. */
function lines(layers: readonly number[], { dropped = [], frozen = [], active = [] }: NetworkFigureOptions): Trace[] {
  const points: Record<Kind, (Place | null)[]> = { plain: [], active: [], frozen: [], dropped: [] };
  for (let layer = 1; layer < layers.length; layer++)
    for (let from = 0; from < layers[layer - 1]; from++)
      for (let to = 0; to < layers[layer]; to++) {
        const isOut = dropped[layer - 1]?.includes(from) || dropped[layer]?.includes(to);
        const kind = isOut
          ? "dropped"
          : active.includes(layer)
            ? "active"
            : frozen.includes(layer)
              ? "frozen"
              : "plain";
        points[kind].push(placeOf(layers, layer - 1, from), placeOf(layers, layer, to), null);
      }
  return (Object.keys(points) as Kind[]).map((kind) => ({
    type: "scatter",
    mode: "lines",
    name: kindNames[kind],
    x: points[kind].map((place) => place?.[0] ?? null),
    y: points[kind].map((place) => place?.[1] ?? null),
    line: looks[kind],
    hoverinfo: "skip",
    showlegend: points[kind].length > 0,
  }));
}

/** The units that take part, and those that are left out. */
function units(layers: readonly number[], options: NetworkFigureOptions): Trace[] {
  const { dropped = [], values, valueTitle } = options;
  const all = layers.flatMap((count, layer) => Array.from({ length: count }, (_, unit) => ({ layer, unit })));
  const isOut = ({ layer, unit }: { layer: number; unit: number }) => dropped[layer]?.includes(unit) ?? false;
  const largest = options.largest ?? Math.max(1e-12, ...(values ?? []).flat().map(Math.abs));
  const placed = (some: typeof all) => {
    const places = some.map(({ layer, unit }) => placeOf(layers, layer, unit));
    return { type: "scatter", mode: "markers", x: places.map(([x]) => x), y: places.map(([, y]) => y) };
  };
  const [kept, out] = [all.filter((each) => !isOut(each)), all.filter(isOut)];
  const colours = kept.map(({ layer, unit }) => Math.abs(values?.[layer]?.[unit] ?? 0));
  const scale = {
    title: { text: valueTitle ?? "", side: "right", font: { size: 13 } },
    thickness: 14,
    outlinewidth: 0,
  };
  const coloured = {
    color: colours,
    cmin: 0,
    cmax: largest,
    colorscale: "YlOrRd",
    reversescale: true,
    showscale: true,
    colorbar: scale,
  };
  const marker = { size: 18, line: { color: ink, width: 1 }, ...(values ? coloured : { color: palette.blue }) };
  const hover = values
    ? { text: colours.map((value) => value.toPrecision(3)), hoverinfo: "text" }
    : { hoverinfo: "skip" };
  const hollow = { size: 18, symbol: "circle-x-open", color: palette.grey };
  return [
    { ...placed(kept), name: "units", marker, showlegend: false, ...hover },
    { ...placed(out), name: "units left out", marker: hollow, showlegend: out.length > 0, hoverinfo: "skip" },
  ];
}

function nameTrace(layers: readonly number[], { names = [] }: NetworkFigureOptions): Trace {
  const labels = layers.map((_, i) => names[i] ?? "");
  const at = { x: layers.map((_, i) => i), y: layers.map(() => -0.64) };
  return { type: "scatter", mode: "text", name: "names", ...at, text: labels, hoverinfo: "skip", showlegend: false };
}

function describeNetwork(
  layers: readonly number[],
  { title, dropped = [], frozen = [] }: NetworkFigureOptions,
): string {
  const out = dropped.reduce((sum, each) => sum + each.length, 0);
  const facts = [
    `a network of ${layers.join(", ")} units`,
    ...(out ? [`${out} units left out`] : []),
    ...(frozen.length ? [`weights into ${frozen.length === 1 ? "layer" : "layers"} ${frozen.join(", ")} frozen`] : []),
  ];
  return `Figure${title ? ` “${title}”` : ""}: ${facts.join("; ")}`;
}
