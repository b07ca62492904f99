/** The frame of every page: head, header with search, content. */
import { posix } from "node:path";
import { escapeHtml } from "dnn-lab-core/html";

export interface Page {
  /** Place in the site, with slashes. */
  readonly place: string;
  readonly title: string;
  readonly content: string;
  /** What it is, for the list of what a search finds: notebook, guide, slides. */
  readonly kind: string;
  /** Links to the pages before and after, as HTML. */
  readonly neighbours?: string;
  /** Links beside the title, as HTML. */
  readonly links?: string;
}

/** The way from one place in the site to another. */
export const way = (from: string, to: string) => encodeURI(posix.relative(posix.dirname(from), to));

/** A whole page; everything that it loads lies in the site, named relatively. */
export function pageHtml({ place, title, content, links = "", neighbours = "" }: Page): string {
  const to = (target: string) => way(place, target);
  const name = title === "dnn-lab" ? title : `${title} – dnn-lab`;
  return `<!doctype html>
<html lang="en" data-root="${to("index.html").replace(/index\.html$/, "")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(name)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${to("assets/katex/katex.min.css")}">
<link rel="stylesheet" href="${to("assets/code.css")}">
<link rel="stylesheet" href="${to("assets/site.css")}">
<link rel="stylesheet" href="${to("assets/print.css")}" media="print">
<script defer src="${to("assets/plotly.min.js")}"></script>
<script defer src="${to("assets/search-index.js")}"></script>
<script defer src="${to("assets/site.js")}"></script>
<script defer src="${to("assets/figures.js")}"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="home" href="${to("index.html")}">dnn-lab</a>
<nav aria-label="Site"><a href="${to("README.html")}">Guide</a> <a href="${to("slides/index.html")}">Slides</a> <a href="${to("api/index.html")}">API</a></nav>
<search><input type="search" placeholder="Search" aria-label="Search all pages" autocomplete="off"><ol hidden aria-label="Found"></ol></search>
</header>
<main id="content" tabindex="-1">
${links && `<p class="links">${links}</p>`}
${content}
${neighbours}
</main>
</body>
</html>
`;
}
