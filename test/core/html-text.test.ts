/** Text and data in pages. */
import { escapeHtml, scriptJson } from "dnn-lab-core/html";
import { pageHead } from "dnn-lab-core/page-head";
import { describe, expect, it } from "vitest";

describe("escapeHtml", () => {
  it("makes each of HTML's own characters plain text", () => {
    expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe(
      "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;",
    );
  });

  it("takes any value", () => {
    expect([undefined, null, 1, { toString: () => "<" }].map(escapeHtml)).toEqual(["undefined", "null", "1", "&lt;"]);
  });
});

describe("scriptJson", () => {
  it("holds nothing that ends a script, and is the same data", () => {
    const value = { "</script>": "<!-- \u2028\u2029 > é" };
    const text = scriptJson(value);
    expect(text).not.toMatch(/[<>\u2028\u2029]/);
    expect(text).toContain("\\u003c/script\\u003e");
    expect(text).toContain("\\u2028\\u2029");
    expect(JSON.parse(text)).toEqual(value);
  });
});

describe("pageHead", () => {
  it("escapes the title, and has no policy, style or element that was not asked for", () => {
    const head = pageHead("a < b", {});
    expect(head).toMatch(/^<!doctype html>\n<html lang="en">\n<head>\n/);
    expect(head).toContain("<title>a &lt; b</title>");
    expect(head).not.toContain("Content-Security-Policy");
    expect(head).toMatch(/<\/style>\n<\/head>$/);
  });

  it("has what was asked for", () => {
    const head = pageHead("t", { contentPolicy: "default-src 'none'", style: "b{}", more: "<link>" });
    expect(head).toContain(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'">`);
    expect(head).toMatch(/b\{\}<\/style><link>\n<\/head>$/);
  });
});
