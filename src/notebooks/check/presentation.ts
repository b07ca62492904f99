/** What of a plotly figure only says how it looks. */

/** Whole attributes, wherever they stand. */
const anywhere = new Set([
  ...["template", "colorway", "colorscale", "autocolorscale", "showscale", "reversescale", "uid", "uirevision"],
  ...[
    "hoverlabel",
    "modebar",
    "transition",
    "pad",
    "margin",
    "autosize",
    "width",
    "height",
    "dash",
    "hovermode",
    "dragmode",
  ],
  ...["tickwidth", "ticklen", "gridwidth", "borderwidth", "linewidth", "zerolinewidth", "outlinewidth", "thickness"],
  ...[
    "xanchor",
    "yanchor",
    "automargin",
    "separators",
    "hoverdistance",
    "spikedistance",
    "arrowhead",
    "arrowwidth",
    "arrowsize",
  ],
]);
/** By the path that ends with them. */
const paths =
  /(?:^|\.)(?:marker\.(?:symbol|size|sizemode|opacity|line\.width)|line\.(?:width|smoothing)|legend\.(?:x|y|orientation|traceorder|itemsizing|xref|yref)|colorbar\.(?:x|y|len|lenmode)|(?:sliders|updatemenus)(?:\[\d+\]|\.\d+)?\.(?:x|y|len|lenmode)|textfont\.\w+|opacity)$/;

/** Whether an attribute only concerns the presentation. Lists are results: colours or sizes that follow the data are data. */
export function lookOnly(key: string, path: readonly string[], value: unknown): boolean {
  if (key === "colorscale" || key === "template" || key === "colorway") return true;
  const scalar = value === undefined || value === null || typeof value !== "object";
  if (anywhere.has(key)) return scalar || !Array.isArray(value);
  if (/(?:^|[a-z])font$/i.test(key)) return true;
  if (!scalar) return false;
  return (/color$/i.test(key) && typeof value !== "number") || paths.test([...path, key].join("."));
}
