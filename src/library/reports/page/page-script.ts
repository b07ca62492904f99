import { darkShades } from "../figures/style";

/**
 * The script of our pages, as text: draws the figures, in the page's theme, with panels one below the other where the
 * page is narrow.
 */
export const pageScript = `
"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 640px)");
  const panelHeight = 300;
  // Share of the height between two rows, for ticks and title of the upper one.
  const gap = 0.12;
  const darkShades = ${JSON.stringify(darkShades)};

  // Lines and markers in shades for the page's theme.
  function shaded(data) {
    if (!dark.matches) return data;
    const shade = (part) => part && { ...part, color: darkShades[part.color] ?? part.color };
    return data.map((trace) => ({ ...trace, line: shade(trace.line), marker: shade(trace.marker) }));
  }

  function axes(layout, letter) {
    return Object.keys(layout).filter((key) => new RegExp("^" + letter + "axis[0-9]*$").test(key));
  }

  // Panels side by side, as they were made, become rows.
  function stacked(layout) {
    const count = axes(layout, "x").length;
    if (count < 2) return layout;
    const changed = { ...layout, height: panelHeight * count + 90 };
    axes(layout, "x").forEach((key) => (changed[key] = { ...layout[key], domain: [0, 1] }));
    axes(layout, "y").forEach((key, row) => {
      const share = (1 - gap * (count - 1)) / count;
      const top = 1 - row * (share + gap);
      changed[key] = { ...layout[key], domain: [Math.max(0, top - share), top] };
    });
    return changed;
  }

  function themed(layout) {
    const colours = getComputedStyle(document.documentElement);
    const ink = colours.getPropertyValue("--soft").trim();
    const card = colours.getPropertyValue("--card").trim();
    return {
      ...layout,
      font: { ...layout.font, color: ink },
      hoverlabel: { bgcolor: card, bordercolor: ink, font: { color: ink } },
      dragmode: false,
    };
  }

  function draw() {
    for (const [id, figure] of Object.entries(figures)) {
      const element = document.getElementById(id);
      element.querySelector(".waiting")?.remove();
      const layout = themed(narrow.matches ? stacked(figure.layout) : figure.layout);
      element.style.minHeight = layout.height + "px";
      Plotly.react(element, shaded(figure.data), layout, { ...figure.config, displayModeBar: false });
    }
  }

  dark.addEventListener("change", draw);
  narrow.addEventListener("change", draw);
  draw();
})();
`;
