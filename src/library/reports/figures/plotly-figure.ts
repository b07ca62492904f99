/** A figure as plotly.js reads it: plain data. */

/** One trace; the keys are plotly's. */
export type Trace = Readonly<Record<string, unknown>>;
/** A layout; the keys are plotly's. */
export type Layout = Readonly<Record<string, unknown>>;

/** What plotly.js draws: `Plotly.newPlot(element, figure)`. */
export interface PlotlyFigure {
  /** Plotly's traces. */
  readonly data: readonly Trace[];
  /** Plotly's layout. */
  readonly layout: Layout;
  /** Plotly's configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
}
