/** The first page: every notebook with its first figure, what it is about and on which data it ran. */
import { escapeHtml } from "dnn-lab-core/html";
import { way } from "./page";
import { words } from "./search";

export interface Card {
  readonly place: string;
  readonly title: string;
  /** First paragraph, as plain text. */
  readonly about: string;
  readonly data: string;
  /** Place of the picture in the site. */
  readonly picture?: string;
}

const ORIGINS: Readonly<Record<string, string>> = {
  folder: "the real data",
  cache: "the real data",
  download: "the real data",
  generated: "a generated stand-in, not comparable with published figures",
};

/** On which data a notebook ran, from what its cells printed. */
export function dataOf(source: string, outputs: string): string {
  const names = [
    ...(/\bfashionMnist\b/.test(source) ? ["Fashion-MNIST"] : []),
    ...(/\bcifar10\b/.test(source) ? ["CIFAR-10"] : []),
  ];
  const origin = /(?:_mnist|cifar10|cifar_10) from (\w+)|images, (\w+)\s*$/m.exec(outputs);
  const from = ORIGINS[origin?.[1] ?? origin?.[2] ?? ""];
  if (names.length === 0) return "no data needed";
  return names.join(" and ") + (from ? `: ${from}` : "");
}

/** The first paragraph of a body as plain text. */
export const aboutOf = (body: string) => words(/<p>([\s\S]*?)<\/p>/.exec(body)?.[1] ?? "");

function cardHtml({ place, title, about, data, picture }: Card): string {
  const image = picture
    ? `<img src="${way("index.html", picture)}" alt="" loading="lazy">`
    : `<div class="no-picture"></div>`;
  return `<a class="card" href="${way("index.html", place)}">${image}
<h3>${escapeHtml(title)}</h3><p>${escapeHtml(about)}</p><p class="data">${escapeHtml(data)}</p></a>`;
}

/** @param groups heading → its cards; empty ones are left out. */
export function galleryHtml(groups: Readonly<Record<string, readonly Card[]>>, pages: readonly Card[]): string {
  const sections = Object.entries(groups).filter(([, cards]) => cards.length > 0);
  return `<h1>dnn-lab</h1>
<p class="lead">Training deep neural networks, live, in TypeScript: the notebooks of the course as they ran, with interactive figures.</p>
${sections.map(([title, cards]) => `<h2>${escapeHtml(title)}</h2>\n<div class="cards">\n${cards.map(cardHtml).join("\n")}\n</div>`).join("\n")}
<h2>Guides</h2>
<ul class="guides">
${pages.map(({ place, title, about }) => `<li><a href="${way("index.html", place)}">${escapeHtml(title)}</a> <span>${escapeHtml(about)}</span></li>`).join("\n")}
<li><a href="api/index.html">API reference</a> <span>Every function, class and option of the packages.</span></li>
</ul>`;
}
