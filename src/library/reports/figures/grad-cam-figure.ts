/** A picture with what speaks for a class laid over it. */
import { checkNumber, checkOptions } from "dnn-lab-core/check";
import { Figure } from "./figure";
import { axisStyle, layoutStyle } from "./style";

/** Options of {@link gradCamFigure}. */
export interface GradCamFigureOptions {
  /** Title above the figure. */
  readonly title?: string;
  /** Name of each class, for the description (default its number). */
  readonly classNames?: readonly string[];
  /** How much the map covers the picture, from 0 to 1 (default 0.5). */
  readonly opacity?: number;
  /** In CSS pixels; default 420. */
  readonly height?: number;
}

/** What the figure shows: a result of `gradCam`. */
export interface ShownGradCam {
  /** Name of the layer. */
  readonly layer: string;
  /** The class that was asked for. */
  readonly classIndex: number;
  /** `[height][width]`, from 0 to 1. */
  readonly heatmap: readonly (readonly number[])[];
  /** `[height][width][channels]`; numbers of any range, which is spread from black to white. */
  readonly image: readonly (readonly (readonly number[])[])[];
}

/**
 * Draws the picture in grey and the heatmap of `gradCam` over it, from dark (nothing speaks for the class) to bright (most does).
 *
 * @example gradCamFigure(await gradCam(pictureModel, picture))
 */
export function gradCamFigure(cam: ShownGradCam, options: GradCamFigureOptions = {}): Figure {
  const owner = "gradCamFigure";
  const {
    title,
    classNames,
    opacity = 0.5,
    height = 420,
  } = checkOptions(owner, options, { title: true, classNames: true, opacity: true, height: true });
  checkNumber(owner, "opacity", opacity, { min: 0, max: 1 });
  checkNumber(owner, "height", height, { above: 0 });
  const grey = cam.image.map((row) => row.map((pixel) => pixel.reduce((a, b) => a + b, 0) / pixel.length));
  const [rows, columns] = [grey.length, grey[0].length];
  const [mapRows, mapColumns] = [cam.heatmap.length, cam.heatmap[0].length];
  const picture = {
    type: "heatmap",
    z: grey,
    colorscale: "Greys",

    showscale: false,
    hoverinfo: "skip",
  };
  const map = {
    type: "heatmap",
    z: cam.heatmap,
    // Each place of the map covers a rectangle of pixels; pixel 0 reaches from −0.5 to 0.5.
    x: edges(columns, mapColumns),
    y: edges(rows, mapRows),
    zmin: 0,
    zmax: 1,
    colorscale: "Viridis",
    opacity,
    colorbar: { title: { text: "Speaks for the class", side: "right" }, thickness: 14, outlinewidth: 0 },
    hovertemplate: "%{z:.3f}<extra></extra>",
  };
  const layout = {
    ...layoutStyle(title),
    height,
    hovermode: "closest",
    xaxis: { ...axisStyle("Column"), showgrid: false, constrain: "domain" },
    yaxis: { ...axisStyle("Row"), showgrid: false, autorange: "reversed", scaleanchor: "x", constrain: "domain" },
  };
  const name = classNames?.[cam.classIndex] ?? `class ${cam.classIndex}`;
  const [row, column] = brightest(cam.heatmap);
  const place = `row ${Math.floor(((row + 0.5) * rows) / mapRows)}, column ${Math.floor(((column + 0.5) * columns) / mapColumns)}`;
  const found = cam.heatmap[row][column] > 0 ? `most speaks for it around ${place}` : "nothing speaks for it";
  return new Figure([picture, map], layout, `Grad-CAM of ${name} at layer '${cam.layer}': ${found}`);
}

const edges = (pixels: number, places: number): number[] =>
  Array.from({ length: places + 1 }, (_, i) => (i * pixels) / places - 0.5);

function brightest(heatmap: ShownGradCam["heatmap"]): [row: number, column: number] {
  let best: [number, number] = [0, 0];
  heatmap.forEach((values, i) =>
    values.forEach((value, j) => (value > heatmap[best[0]][best[1]] ? (best = [i, j]) : 0)),
  );
  return best;
}
