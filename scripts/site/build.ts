/** Builds the static site: notebooks and guides as pages, a gallery, search, and copies of the sources. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { escapeHtml } from "dnn-lab-core/html";
import { coverage } from "../coverage/coverage";
import { buildApi } from "./api";
import { chapters, inOrder, neighboursHtml, type Neighbour } from "./chapters";
import { convert, type CodeColours, type Converted, type StoredFigure } from "./convert";
import { withEquations } from "./equations";
import { aboutOf, dataOf, galleryHtml, type Card } from "./gallery";
import { sourcePlace, withGithubIds, withLinks } from "./links";
import { pageHtml, way, type Page } from "./page";
import { searchScript, sectionsOf, words } from "./search";
import { slideSections } from "./slide-sections";

export interface SiteOptions {
  /** The repository. */
  readonly root: string;
  /** The folder to write into; what is in it is replaced. */
  readonly out: string;
}

/** Groups of the gallery, by the beginning of their notebooks' paths. */
const GROUPS: Readonly<Record<string, string>> = {
  "notebooks/p": "The course",
  "notebooks/topics/": "Topics",
  "case-studies/": "Case studies",
};

const placeOf = (file: string) => file.replace(/\.(ipynb|md)$/, ".html");

/** Files with this ending below a folder of the repository; none when there is no such folder. */
function filesBelow(root: string, folder: string, ending: string): string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
      .filter((name) => name.endsWith(ending) && !name.includes(".ipynb_checkpoints"))
      .sort();
  } catch {
    return [];
  }
}

/** Writes the site; returns the places of its pages. @throws Error for a link that leads nowhere or an equation that cannot be set. */
export function buildSite({ root, out }: SiteOptions): string[] {
  const notebooks = inOrder(["notebooks", "case-studies"].flatMap((folder) => filesBelow(root, folder, ".ipynb")));
  const guides = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    ...filesBelow(root, "docs", ".md"),
    ...filesBelow(root, "case-studies", ".md"),
  ];
  const files = [...notebooks, ...guides];
  const { pages: converted, colours } = convert(files, root);
  rmSync(out, { recursive: true, force: true });
  buildApi(root, join(out, "api"));
  const write = (place: string, content: string | Buffer) => {
    mkdirSync(dirname(join(out, place)), { recursive: true });
    writeFileSync(join(out, place), content);
  };
  const needed = new Set<string>(notebooks);
  const titles = files.map((file, i) => titleOf(converted[i].body, file));
  const pages = files.map((file, i): Page => {
    const { body, figures } = converted[i];
    const place = placeOf(file);
    const tidied = withoutEmpty(body);
    figures.forEach(({ png }, n) => write(pictureOf(place, n), Buffer.from(png, "base64")));
    const pageOf = (target: string) => (files.includes(target) ? placeOf(target) : undefined);
    const linked = withLinks(file.endsWith(".md") ? withGithubIds(tidied) : tidied, {
      root,
      file,
      page: place,
      pageOf,
      needs: (target) => needed.add(target),
    });
    const content = withFigures(withEquations(linked), place, figures);
    const links = `<a href="${way(place, sourcePlace(file))}">Source: ${escapeHtml(basename(file))}</a>`;
    needed.add(file);
    const isShared = titles.filter((title) => title === titles[i]).length > 1;
    const title = isShared ? `${titles[i]} (${kindOf(file)})` : titles[i];
    return { place, title, content, links, kind: kindOf(file) };
  });
  const slides = slideSections(coverage(root), {
    pageOf: (notebook) => (files.includes(notebook) ? placeOf(notebook) : undefined),
    titleOf: (notebook) => pages[files.indexOf(notebook)]?.title ?? basename(notebook),
    apiOf: (name) => apiPlace(out, name),
    needs: (file) => needed.add(file),
  });
  const rows = [chapters.filter((file) => files.includes(file)).map((file) => pages[files.indexOf(file)]), slides];
  for (const page of [...pages, ...slides]) write(page.place, pageHtml({ ...page, neighbours: between(page, rows) }));
  const card = (file: string): Card => cardOf(pages[files.indexOf(file)], file, converted[files.indexOf(file)], root);
  const groups = Object.fromEntries(
    Object.entries(GROUPS).map(([start, title]) => [
      title,
      notebooks.filter((file) => file.startsWith(start)).map(card),
    ]),
  );
  write(
    "index.html",
    pageHtml({ place: "index.html", title: "dnn-lab", kind: "Start", content: galleryHtml(groups, guides.map(card)) }),
  );
  write("assets/search-index.js", searchScript([...pages, ...slides].flatMap(sectionsOf)));
  for (const file of needed) {
    mkdirSync(dirname(join(out, sourcePlace(file))), { recursive: true });
    copyFileSync(join(root, file), join(out, sourcePlace(file)));
  }
  writeAssets(root, out, colours);
  return ["index.html", ...pages.map(({ place }) => place), ...slides.map(({ place }) => place)];
}

/** `Notebook, chapter s2`: what tells pages of one title apart. */
function kindOf(file: string): string {
  const chapter = /p3_c2_(s\d)_(\w+)\//.exec(file);
  if (chapter) return `Course, ${chapter[1]}: ${chapter[2].replaceAll("_", " ")}`;
  if (file.startsWith("notebooks/topics/")) return "Topic";
  return file.endsWith(".ipynb") ? `Case study, ${file}` : `Guide, ${file}`;
}

/** The page's neighbours in the row that it stands in. */
function between(page: Page, rows: readonly (readonly Neighbour[])[]): string {
  const row = rows.find((each) => each.includes(page)) ?? [];
  const at = row.indexOf(page);
  return at < 0 ? "" : neighboursHtml(page.place, row[at - 1], row[at + 1]);
}

/** Where the API reference describes a name of the library. */
const apiPlace = (out: string, name: string): string | undefined =>
  ["functions", "classes", "variables", "modules"]
    .map((kind) => `api/${kind}/dnn-lab.${name}.html`)
    .find((place) => existsSync(join(out, place)));

/** Empty prompts stand before every text; a corner of a table that is empty is the head of nothing. */
const withoutEmpty = (body: string) =>
  body
    .replace(/<div class="prompt input_prompt">\s*<\/div>/g, "")
    .replace(/<th([^>]*)>\s*<\/th>/g, (_, attributes: string) => `<td${attributes}></td>`);

const titleOf = (body: string, file: string) => words(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(body)?.[1] ?? basename(file));

const pictureOf = (place: string, n: number) => `${place.replace(/\.html$/, "")}-figures/${n + 1}.png`;

/** Static images first; site.js draws the interactive figure over each as it comes into view. */
function withFigures(body: string, place: string, figures: readonly StoredFigure[]): string {
  return body.replace(/<figure data-figure="(\d+)"><\/figure>/g, (_, n: string) => {
    const { plotly, text } = figures[Number(n)];
    const json = JSON.stringify(plotly).replace(/</g, "\\u003c");
    const image = `<img src="${way(place, pictureOf(place, Number(n)))}" alt="${escapeHtml(text)}">`;
    return `<figure class="plotly-figure"><div>${image}</div><script type="application/json">${json}</script></figure>`;
  });
}

function cardOf({ place, title }: Page, file: string, { body, outputs, figures }: Converted, root: string): Card {
  const data = file.endsWith(".ipynb") ? dataOf(readFileSync(join(root, file), "utf8"), outputs) : "";
  return { place, title, about: aboutOf(body), data, ...(figures.length > 0 && { picture: pictureOf(place, 0) }) };
}

/** Everything that pages load: nothing comes from another host. */
function writeAssets(root: string, out: string, { light, dark }: CodeColours): void {
  const modules = join(root, "node_modules");
  const assets = join(out, "assets");
  cpSync(join(root, "scripts", "site", "assets"), assets, { recursive: true });
  copyFileSync(join(modules, "plotly.js-dist-min", "plotly.min.js"), join(assets, "plotly.min.js"));
  mkdirSync(join(assets, "katex"), { recursive: true });
  copyFileSync(join(modules, "katex", "dist", "katex.min.css"), join(assets, "katex", "katex.min.css"));
  cpSync(join(modules, "katex", "dist", "fonts"), join(assets, "katex", "fonts"), { recursive: true });
  writeFileSync(join(assets, "code.css"), `${light}\n@media screen and (prefers-color-scheme: dark) {\n${dark}\n}\n`);
}
