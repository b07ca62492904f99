/** Links of a page, from places in the repository to places in the site. */
import { existsSync, statSync } from "node:fs";
import { posix } from "node:path";

const LINK = /(<[^>]*?\s(?:href|src)=")([^"#]*)(#[^"]*)?(")/g;
const ELSEWHERE = /^([a-z][a-z0-9+.-]*:|\/\/)/i;
/** Shown by browsers as they are; other files are given the ending of a plain text. */
const SHOWN = /\.(png|jpe?g|svg|html|txt|ipynb)$/;

/** Where a file of the repository is found in the site when it is no page. */
export const sourcePlace = (file: string) => `source/${file}${SHOWN.test(file) ? "" : ".txt"}`;

export interface LinkOptions {
  /** The repository. */
  readonly root: string;
  /** Place of the page's source in it, with slashes. */
  readonly file: string;
  /** Place of the page in the site. */
  readonly page: string;
  /** Page of a file of the repository; undefined for one that has none. */
  pageOf(file: string): string | undefined;
  /** Told of each file that a link needs beside the pages. */
  needs(file: string): void;
}

/** Names the headings of a Markdown page as GitHub does, so that a link to one works in both places. */
export function withGithubIds(body: string): string {
  const slug = (id: string) =>
    id
      .replace(/&[a-z]+;|&#\d+;/g, "")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_-]/gu, "");
  return body.replace(
    /(<h[1-6] id=")([^"]*)("[^>]*>[\s\S]*?<a class="anchor-link" href="#)[^"]*"/g,
    (_, before: string, id: string, between: string) => `${before}${slug(id)}${between}${slug(id)}"`,
  );
}

/** Rewrites the links of `body`. @throws Error that names the page when a link leads nowhere. */
export function withLinks(body: string, options: LinkOptions): string {
  const { root, file, page, pageOf, needs } = options;
  return body.replace(LINK, (all, before: string, path: string, fragment = "", quote: string) => {
    if (path === "" || ELSEWHERE.test(path)) return all;
    const target = posix.normalize(posix.join(posix.dirname(file), decodeURI(path))).replace(/\/$/, "");
    let place = pageOf(target);
    if (place === undefined) {
      const onDisk = `${root}/${target}`;
      if (target.startsWith("..") || !existsSync(onDisk))
        throw new Error(`site: ${file} links to ${path}, which is not there.`);
      if (statSync(onDisk).isDirectory()) place = "index.html";
      else {
        needs(target);
        place = sourcePlace(target);
      }
    }
    return before + encodeURI(posix.relative(posix.dirname(page), place)) + fragment + quote;
  });
}
