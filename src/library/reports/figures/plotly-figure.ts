/** A figure as plotly.js reads it: plain data. */

/** One trace; the keys are plotly's. */
export type Trace = Readonly<Record<string, unknown>>;
/** A layout; the keys are plotly's. */
export type Layout = Readonly<Record<string, unknown>>;

/** One state of a figure that moves: what of its traces and layout is another one. */
export interface Frame {
  /** Its name, by which sliders call it. */
  readonly name: string;
  /** The traces in this state, as many as the figure has. */
  readonly data: readonly Trace[];
  /** What of the layout changes. */
  readonly layout?: Layout;
}

/** What plotly.js draws: `Plotly.newPlot(element, figure)`. */
export interface PlotlyFigure {
  /** Plotly's traces. */
  readonly data: readonly Trace[];
  /** Plotly's layout. */
  readonly layout: Layout;
  /** Plotly's frames, for sliders and animations. */
  readonly frames?: readonly Frame[] | undefined;
  /** Plotly's configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
}
