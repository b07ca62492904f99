/** The types of traces that plotly.js 3 draws, with those of older versions that it still knows. */
import { Set } from "../../intrinsics";
export const TRACE_TYPES: ReadonlySet<string> = new Set(
  (
    "bar barpolar box candlestick carpet choropleth choroplethmap choroplethmapbox cone contour contourcarpet densitymap " +
    "densitymapbox funnel funnelarea heatmap heatmapgl histogram histogram2d histogram2dcontour icicle image indicator " +
    "isosurface mesh3d ohlc parcats parcoords pie pointcloud quiver sankey scatter scatter3d scattercarpet scattergeo " +
    "scattergl scattermap scattermapbox scatterpolar scatterpolargl scattersmith scatterternary splom streamtube " +
    "sunburst surface table treemap violin volume waterfall"
  ).split(" "),
);

/** Where traces of these types have their data. */
export const DATA_KEYS: readonly string[] = (
  "x y z a b c r theta u v w i lat lon locations values labels parents ids open high low close q1 median real " +
  "dimensions node link header cells value source geojson"
).split(" ");
