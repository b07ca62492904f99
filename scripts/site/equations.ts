/** Equations in converted Markdown, set by KaTeX while the site is built, so that pages need no script for them. */
import katex from "katex";

const TEXT_CELL = /<div class="text_cell_render[^"]*">[\s\S]*?\n<\/div>/g;
/** Code is left alone; then displayed equations, then those within a line. */
const PARTS = /<(pre|code)\b[\s\S]*?<\/\1>|\$\$([\s\S]+?)\$\$|(?<!\\)\$([^$\n]+?)\$/g;

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&#39;": "'",
};
const plain = (html: string) => html.replace(/&(?:lt|gt|amp|quot|#39);/g, (entity) => ENTITIES[entity]);

/** Sets all equations of a page. @throws KaTeX' error, with the equation, for one that it cannot set. */
export function withEquations(body: string): string {
  return body.replace(TEXT_CELL, (cell) =>
    cell.replace(PARTS, (all: string, _tag, displayed: string | undefined, inline: string | undefined) => {
      const tex = displayed ?? inline;
      if (tex === undefined) return all;
      return katex.renderToString(plain(tex), {
        displayMode: displayed !== undefined,
        throwOnError: true,
        strict: "error",
      });
    }),
  );
}
