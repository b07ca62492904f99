/** What stands before the body of each of our HTML pages: reports, students' feedback, marking. */
import { escapeHtml } from "./html";
import { pageStyle } from "./page-style";

export interface PageHeadOptions {
  /** What the page may load and run; without it, what serves the page says so. */
  readonly contentPolicy?: string;
  /** Further style sheet text. */
  readonly style?: string;
  /** Further elements of the head. */
  readonly more?: string;
}

/** The head of a page, its title escaped. */
export function pageHead(title: string, { contentPolicy, style = "", more = "" }: PageHeadOptions): string {
  const policy = contentPolicy && `<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${policy ? `${policy}\n` : ""}<title>${escapeHtml(title)}</title>
<style>${pageStyle}${style}</style>${more}
</head>`;
}
