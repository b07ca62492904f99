/** What the search of the site looks through: the sections of all pages, as a script, so that it works from files too. */
import type { Page } from "./page";

export interface Section {
  readonly place: string;
  readonly anchor: string;
  readonly page: string;
  /** What the page is, with the chapter of the course that it belongs to: two pages may have the same title. */
  readonly kind: string;
  readonly title: string;
  readonly text: string;
}

const HEADING = /<h[1-3] id="([^"]*)">([\s\S]*?)<\/h[1-3]>/g;

/** Words of a piece of HTML; equations are left out (MathML and glyphs would both count). */
export function words(html: string): string {
  const text = html
    .replace(
      /<(script|style)[\s\S]*?<\/\1>|<span class="katex-html"[\s\S]*?<\/p>|<annotation[\s\S]*?<\/annotation>/g,
      " ",
    )
    .replace(/<a class="anchor-link"[\s\S]*?<\/a>/g, "")
    .replace(/<\/?(em|strong|code|a|span|b|i)\b[^>]*>/g, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&");
  return text.replace(/\s+/g, " ").trim();
}

/** The sections of a page, each from its heading to the next. */
export function sectionsOf({ place, title, kind, content }: Page): Section[] {
  const headings = [...content.matchAll(HEADING)];
  return headings.map((heading, i) => {
    const end = headings[i + 1]?.index ?? content.length;
    const text = words(content.slice(heading.index + heading[0].length, end));
    return { place, anchor: heading[1], page: title, kind, title: words(heading[2]), text };
  });
}

export const searchScript = (sections: readonly Section[]) => `window.siteIndex = ${JSON.stringify(sections)};\n`;
