/* global document, window, location */
/** Searches all pages. Works from files: it fetches nothing. */
(() => {
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
      .map(({ section }) => ({ ...section, words }));
  }

  /** What it is found in (the kind of page tells pages of one title apart), then the words around the first that was asked for. */
  function entry({ place, anchor, page, title, kind, text, low, words }) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${root}${encodeURI(place)}#${encodeURIComponent(anchor)}`;
    const heading = document.createElement("strong");
    heading.textContent = page === title ? page : `${page}: ${title}`;
    const where = document.createElement("span");
    where.className = "kind";
    where.textContent = kind;
    const around = document.createElement("span");
    const first = Math.min(...words.map((word) => low.indexOf(word)).filter((at) => at >= 0));
    const at = Number.isFinite(first) ? Math.max(0, first - 40) : 0;
    around.append(at > 0 ? "… " : "", ...marked(text.slice(at, at + 130), words));
    link.append(heading, " ", where, document.createElement("br"), around);
    item.append(link);
    return item;
  }

  /** The text with the words that were asked for marked. */
  function marked(text, words) {
    const lower = text.toLowerCase();
    const starts = words.map((word) => [lower.indexOf(word), word.length]).filter(([at]) => at >= 0);
    const [at, length] = starts.sort(([a], [b]) => a - b)[0] ?? [text.length, 0];
    const mark = document.createElement("mark");
    mark.textContent = text.slice(at, at + length);
    return [text.slice(0, at), mark, text.slice(at + length)];
  }

  const links = () => [...list.querySelectorAll("a")];
  /** The arrow keys go from the field through the results and back. */
  function go(step) {
    const all = [input, ...links()];
    const next = all.indexOf(document.activeElement) + step;
    if (!list.hidden && all[next]) all[next].focus();
  }

  input.addEventListener("input", () => {
    const results = found(input.value);
    list.replaceChildren(...results.map(entry));
    list.hidden = results.length === 0;
  });
  document.querySelector("search").addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      list.hidden = true;
      input.focus();
    } else if (event.key === "Enter" && event.target === input && links()[0]) location.href = links()[0].href;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      go(event.key === "ArrowDown" ? 1 : -1);
    }
  });
  document.addEventListener("click", ({ target }) => {
    if (!target.closest("search") || target.closest("li")) list.hidden = true;
  });
})();
