/* global document, window, IntersectionObserver, Plotly */
/** Draws figures as they come into view. Figures with frames get a slider and a button of the page's own, for mouse and keyboard. */
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  /** Room below the axes that a figure without controls has, in CSS pixels. */
  const bottom = 48;

  /** Below this width a legend of several lines would cover the title: it goes below the axes. */
  const narrow = 560;
  const below = { orientation: "h", x: 0, xanchor: "left", y: -0.28, yanchor: "top" };

  /** The layout without plotly's own controls, in the page's colours and width. */
  function fitted(layout, width) {
    const rest = { ...layout };
    // The width is that of the static image; here the page has the say.
    for (const key of ["width", "sliders", "updatemenus"]) delete rest[key];
    if (layout.sliders) {
      rest.height = layout.height - (layout.margin.b - bottom);
      rest.margin = { ...layout.margin, b: bottom };
    }
    if (width < narrow && layout.legend) {
      rest.legend = { ...layout.legend, ...below };
      rest.height = (rest.height ?? 380) + 80;
    }
    const font = { ...layout.font, color: dark.matches ? "#b8c0cc" : "#555d69" };
    return { ...rest, font, autosize: true, modebar: { bgcolor: "transparent" } };
  }

  function draw(figure) {
    const place = figure.querySelector("div");
    const { data, layout, config, frames } = JSON.parse(figure.querySelector("script").textContent);
    const own = fitted(layout, place.clientWidth);
    place.textContent = "";
    place.style.minHeight = `${own.height ?? 380}px`;
    const settings = { ...config, responsive: true, ...(place.clientWidth < narrow ? { displayModeBar: false } : {}) };
    Plotly.newPlot(place, data, own, settings);
    if (frames) figure.append(controls(place, { own, settings, frames, slider: layout.sliders[0] }));
    figure.dataset.drawn = "";
  }

  function controls(place, { own, settings, frames, slider }) {
    const range = element("input", {
      type: "range",
      min: 0,
      max: frames.length - 1,
      step: 1,
      value: slider.active ?? 0,
    });
    const value = element("output", {});
    const play = element("button", { type: "button", textContent: "Play" });
    const label = element("label", {});
    label.append(slider.currentvalue.prefix.replace(/: $/, " "), range);
    const show = () => {
      const frame = frames[range.value];
      value.textContent = frame.name;
      range.setAttribute("aria-valuetext", frame.name);
      Plotly.react(place, frame.data, { ...own, ...frame.layout }, settings);
    };
    value.textContent = frames[range.value].name;
    range.setAttribute("aria-valuetext", value.textContent);
    let timer;
    const stop = () => {
      window.clearInterval(timer);
      timer = undefined;
      play.textContent = "Play";
    };
    const next = () => {
      if (Number(range.value) === frames.length - 1) return stop();
      range.value = Number(range.value) + 1;
      show();
    };
    play.addEventListener("click", () => {
      if (timer !== undefined) return stop();
      play.textContent = "Stop";
      if (Number(range.value) === frames.length - 1) range.value = 0;
      show();
      timer = window.setInterval(next, 800);
    });
    range.addEventListener("input", () => {
      stop();
      show();
    });
    const box = element("div", { className: "frames" });
    box.append(play, label, value);
    return box;
  }

  function element(name, properties) {
    return Object.assign(document.createElement(name), properties);
  }

  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: "400px" },
  );
  document.querySelectorAll(".plotly-figure").forEach((figure) => seen.observe(figure));

  /** What scrolls by itself can be reached and scrolled with the keyboard. */
  function reach() {
    for (const each of document.querySelectorAll("pre, table, .output_subarea, .katex-display")) {
      if (each.scrollWidth > each.clientWidth + 1) each.tabIndex = 0;
      else each.removeAttribute("tabindex");
    }
  }
  reach();
  window.addEventListener("load", reach);
  window.addEventListener("resize", reach);
})();
