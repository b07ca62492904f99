/** A plotly figure: plain data and layout, with what a notebook needs to show it. */
import type { MimeBundle } from "dnn-lab-core/notebook-host";
import { show } from "dnn-lab-core/check";
import { staticImage } from "../images/static-image";
import type { Frame, Layout, PlotlyFigure, Trace } from "./plotly-figure";

export type { Frame, Layout, PlotlyFigure, Trace };

const config = { responsive: true, displaylogo: false } as const;

/**
 * A figure that shows itself in a notebook: interactively, with a static image for places that run no scripts, and a
 * sentence for those that show no images.
 *
 * `description` is that sentence; by default it is made from the title and the series' names.
 *
 * @example new Figure([{ x: [1, 2, 3], y: [1, 4, 9] }], { title: { text: "Squares" } })
 */
export class Figure implements PlotlyFigure {
  /** Plotly's configuration. */
  readonly config = config;

  /** One sentence for those who cannot see it. */
  readonly description: string;

  constructor(
    /** Plotly's traces. */
    readonly data: readonly Trace[],
    /** Plotly's layout. */
    readonly layout: Layout,
    description?: string,
    /** Plotly's frames; `frameFigure` makes them. */
    readonly frames?: readonly Frame[],
  ) {
    if (!Array.isArray(data)) throw new TypeError(`Figure: data must be an array of traces, received ${show(data)}.`);
    this.description = description ?? describe(data, layout);
  }

  /** The plain figure, as plotly reads it. */
  toJSON(): PlotlyFigure {
    const { data, layout, frames, config } = this;
    return { data, layout, ...(frames ? { frames } : {}), config };
  }

  /** The MIME bundle of the figure; without a browser it lacks the image, and a notice says so once. */
  async [Symbol.for("Jupyter.display")](): Promise<MimeBundle> {
    // Through JSON: what is sent must be plain values (typed arrays become arrays, undefined keys vanish).
    const plain = JSON.parse(JSON.stringify(this)) as PlotlyFigure;
    const image = await staticImage(plain);
    return {
      "application/vnd.plotly.v1+json": plain,
      ...(image ? { "image/png": image } : {}),
      "text/plain": this.description,
    };
  }
}

function describe(data: readonly Trace[], layout: Layout): string {
  const title = (layout.title as { text?: string } | undefined)?.text;
  const names = [...new Set(data.map((trace) => trace.name).filter((name) => typeof name === "string"))];
  return `Figure${title ? ` “${title}”` : ""}${names.length ? `: ${names.join(", ")}` : ""}`;
}
