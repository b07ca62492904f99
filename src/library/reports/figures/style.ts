/**
 * The one style of all figures. Backgrounds are transparent and every colour keeps a contrast of at least 3 : 1 with
 * white and with JupyterLab's dark #111111 alike (text: 4.3 : 1), so that one figure suits light and dark pages.
 */

/**
 * Series colours: the hues of Okabe and Ito, "Color Universal Design", 2008, in shades that a search found to stay far
 * apart (25 or more in CIE L*a*b*) for protanopes, deuteranopes and tritanopes while keeping their contrast with the page.
 */
export const palette = {
  blue: "#1d62d8",
  vermillion: "#e4581b",
  green: "#27a575",
  purple: "#b653a6",
  grey: "#7a7a7a",
} as const;

/** Lighter shades for pages of ours that know they are dark; everything else keeps the palette. */
export const darkShades: Readonly<Record<string, string>> = {
  [palette.blue]: "#6ea3ff",
  [palette.vermillion]: "#ff7d4d",
  [palette.green]: "#3fcf96",
  [palette.purple]: "#d27cc6",
  [palette.grey]: "#a3afbf",
};

export const seriesColours: readonly string[] = [palette.blue, palette.vermillion, palette.green, palette.purple];

/** Second mark of a series beside its colour, so that more series than colours (and grey prints) stay readable. */
export const dashes = ["solid", "dash", "dot", "dashdot"] as const;
export type Dash = (typeof dashes)[number];

/** Text, axis lines and ticks. */
export const ink = "#7a7a7a";
const gridColour = "rgba(128, 128, 128, 0.22)";
const lineColour = "rgba(128, 128, 128, 0.6)";

/** Height of a figure with one row of panels, and the width of its static image, in CSS pixels. */
export const defaultHeight = 380;
export const defaultWidth = 900;

/** Colour and dash of the n-th series (from 0). */
export function seriesStyle(index: number): { colour: string; dash: Dash } {
  return {
    colour: seriesColours[index % seriesColours.length],
    dash: dashes[Math.floor(index / seriesColours.length) % dashes.length],
  };
}

/** What every axis has in common. */
export function axisStyle(title: string): Record<string, unknown> {
  return {
    title: { text: title, standoff: 8, font: { size: 13 } },
    tickfont: { size: 12 },
    exponentformat: "power",
    automargin: true,
    gridcolor: gridColour,
    linecolor: lineColour,
    tickcolor: lineColour,
    ticks: "outside",
    showline: true,
    zeroline: false,
  };
}

/** In CSS pixels, of the legend's font: a line, a letter on average, and what a name's mark takes. */
const legendLine = 20;
const legendLetter = 7;
const legendMark = 54;

/**
 * Height that a legend of these names takes beyond its first line on a figure of the default width, in CSS pixels; it
 * grows upwards, where the title is.
 */
export function furtherLegendHeight(names: readonly string[]): number {
  const width = defaultWidth - 80;
  let [lines, used] = [1, 0];
  for (const name of names) {
    const needed = legendMark + legendLetter * name.length;
    if (used > 0 && used + needed > width) [lines, used] = [lines + 1, 0];
    used += needed;
  }
  return legendLine * (lines - 1);
}

/** What every layout has in common. */
export function layoutStyle(title?: string): Record<string, unknown> {
  return {
    ...(title
      ? {
          title: {
            text: title,
            x: 0,
            xref: "paper",
            xanchor: "left",
            yref: "container",
            y: 0.97,
            yanchor: "top",
            font: { size: 16 },
          },
        }
      : {}),
    font: { family: "Open Sans, Segoe UI, Helvetica, Arial, sans-serif", size: 13, color: ink },
    paper_bgcolor: "rgba(0, 0, 0, 0)",
    plot_bgcolor: "rgba(0, 0, 0, 0)",
    legend: { orientation: "h", x: 0, xanchor: "left", y: 1.02, yanchor: "bottom", bgcolor: "rgba(0, 0, 0, 0)" },
    margin: { l: 60, r: 16, t: title ? 74 : 34, b: 48 },
    height: defaultHeight,
    hovermode: "x unified",
  };
}
