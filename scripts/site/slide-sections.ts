/** A page for each section of the slides: statement → cells that show it → functions → tests; and a page that lists the slides' pages. */
import { basename, dirname } from "node:path";
import { escapeHtml } from "dnn-lab-core/html";
import type { CoverageRow } from "../coverage/coverage";
import { slidePages, statementsOf } from "../coverage/slide-pages";
import { way, type Page } from "./page";
import { sourcePlace } from "./links";

/** Where things are found in the site. */
export interface Places {
  /** Page of a notebook. */
  pageOf(notebook: string): string | undefined;
  /** Title of that page. */
  titleOf(notebook: string): string;
  /** Page of a function in the API reference; undefined when it has none. */
  apiOf(name: string): string | undefined;
  /** Told of each file of which the site needs a copy. */
  needs(file: string): void;
}

const slug = (section: string) => section.toLowerCase().replace(/[^a-z0-9]+/g, "-");
const placeOf = (section: string) => `slides/${slug(section)}.html`;

/** The pages, the list first. */
export function slideSections(rows: readonly CoverageRow[], places: Places): Page[] {
  const sections = [...new Set(rows.map(({ slide }) => slide))];
  const pages = sections.map((section) =>
    sectionPage(
      section,
      rows.filter(({ slide }) => slide === section),
      places,
    ),
  );
  return [listPage(rows, sections), ...pages];
}

function sectionPage(section: string, rows: readonly CoverageRow[], places: Places): Page {
  const place = placeOf(section);
  const parts = rows.map((row) => statementHtml(place, row, places)).join("\n");
  const title = `Slides: ${section}`;
  return { place, title, kind: "Slides", content: `<h1 id="section">${escapeHtml(title)}</h1>\n${parts}` };
}

function statementHtml(place: string, row: CoverageRow, places: Places): string {
  const pages = slidePages.filter((page) => statementsOf(page).includes(row.id)).map(({ page }) => page);
  const cells = row.cells.map(({ notebook, id, count }) => {
    const page = places.pageOf(notebook);
    const name = `${places.titleOf(notebook)}, In[${count}]`;
    return page ? `<a href="${way(place, page)}#cell-id=${id}">${escapeHtml(name)}</a>` : escapeHtml(name);
  });
  const functions = row.functions.map(({ name, file }) => {
    places.needs(file);
    const to = places.apiOf(name) ?? sourcePlace(file);
    return `<a href="${way(place, to)}"><code>${escapeHtml(name)}</code></a>`;
  });
  const tests = row.tests.map((test) => {
    places.needs(test);
    return `<a href="${way(place, sourcePlace(test))}">${escapeHtml(`${basename(dirname(test))}/${basename(test)}`)}</a>`;
  });
  const line = (what: string, list: readonly string[]) =>
    list.length ? `<dt>${what}</dt><dd>${list.join(", ")}</dd>` : "";
  const pagesText = pages.length ? `<p class="pages">Slides, page ${pages.join(", ")}</p>` : "";
  const heading = row.content.replace(/^eq\./, "Eq.");
  return `<h2 id="${row.id}">${escapeHtml(heading)}</h2>${pagesText}
<dl>${line("Shown in", cells)}${line("Functions", functions)}${line("Tests", tests)}</dl>`;
}

function listPage(rows: readonly CoverageRow[], sections: readonly string[]): Page {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const link = (id: string) => {
    const { slide, content } = byId.get(id)!;
    return `<a href="${slug(slide)}.html#${id}">${escapeHtml(content)}</a>`;
  };
  const lines = slidePages.map((page) => {
    const stated = statementsOf(page).map(link).join("<br>");
    return `<tr><td>${page.page}</td><th scope="row">${escapeHtml(page.heading)}</th><td>${stated || "–"}</td></tr>`;
  });
  const list = sections.map((section) => `<li><a href="${slug(section)}.html">${escapeHtml(section)}</a></li>`);
  const content = `<h1 id="slides">The slides, section by section</h1>
<p>What the slides “Training Deep Neural Networks” state, in our words, and where it is shown.</p>
<ol>${list.join("")}</ol>
<h2 id="pages">Page by page</h2>
<table><thead><tr><th scope="col">Page</th><th scope="col">Heading</th><th scope="col">States</th></tr></thead><tbody>${lines.join("\n")}</tbody></table>`;
  return { place: "slides/index.html", title: "The slides, section by section", kind: "Slides", content };
}
