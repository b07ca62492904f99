/** What stands before the body of each of our HTML pages: reports, and students' feedback. */
import { escapeHtml } from "./html";
import { pageStyle } from "./page-style";

/** The head of a page; `contentPolicy` says what the page may load and run. */
export function pageHead(title: string, contentPolicy: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>`;
}
