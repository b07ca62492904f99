/* global document, window, location, IntersectionObserver, Plotly */
/** Draws figures as they come into view, and searches. Works from files: it fetches nothing. */
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function draw(figure) {
    const place = figure.querySelector("div");
    const { data, layout, config } = JSON.parse(figure.querySelector("script").textContent);
    // The width of the static image; here the page has the say.
    const rest = { ...layout, width: undefined };
    place.textContent = "";
    place.style.minHeight = `${layout.height ?? 380}px`;
    const colours = dark.matches ? { font: { ...layout.font, color: "#b8c0cc" } } : {};
    Plotly.newPlot(
      place,
      data,
      { ...rest, ...colours, autosize: true, modebar: { bgcolor: "transparent" } },
      { ...config, responsive: true },
    );
    figure.dataset.drawn = "";
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

  const root = document.documentElement.dataset.root;
  const input = document.querySelector("header input");
  const list = document.querySelector("header ol");
  const sections = window.siteIndex.map((section) => ({
    ...section,
    high: `${section.page} ${section.title}`.toLowerCase(),
    low: section.text.toLowerCase(),
  }));

  /** Sections that hold all words; words in headings count most. */
  function found(query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const points = ({ high, low }) =>
      words.reduce((sum, word) => {
        const here = (high.includes(word) ? 10 : 0) + (low.includes(word) ? 1 : 0);
        return here === 0 ? -Infinity : sum + here;
      }, 0);
    return sections
      .map((section) => ({ section, score: points(section) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, 12)
      .map(({ section }) => ({ ...section, word: words[0] }));
  }

  function entry({ place, anchor, page, title, text, low, word }) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${root}${encodeURI(place)}#${encodeURIComponent(anchor)}`;
    const heading = document.createElement("strong");
    heading.textContent = page === title ? page : `${page}: ${title}`;
    const at = Math.max(0, low.indexOf(word) - 40);
    link.append(heading, document.createElement("br"), `${at > 0 ? "… " : ""}${text.slice(at, at + 110)}`);
    item.append(link);
    return item;
  }

  input.addEventListener("input", () => {
    const results = found(input.value);
    list.replaceChildren(...results.map(entry));
    list.hidden = results.length === 0;
  });
  input.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") list.hidden = true;
    else if (key === "Enter" && list.querySelector("a")) location.href = list.querySelector("a").href;
  });
  document.addEventListener("click", ({ target }) => {
    if (!target.closest("search") || target.closest("li")) list.hidden = true;
  });
})();
