/** Takes out of a text what differs from run to run without meaning: times, paths, ids, addresses. */

const unit = "(?:ns|µs|us|ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|days?)";

const replacements: readonly (readonly [RegExp, string])[] = [
  // Colours and cursor moves of terminals
  // eslint-disable-next-line no-control-regex
  [/\x1b\[[0-9;?]*[A-Za-z]/g, ""],
  [/\r\n/g, "\n"],
  // 2026-11-26T18:14:00.123Z, 2026-11-26 18:14:00, 18:14:00.5
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, "<time>"],
  [/\b\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?\b/g, "<time>"],
  [/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:\w{3} \d{1,2}|\d{1,2} \w{3})(?: \d{4})?\b/g, "<time>"],
  // 12 ms, 3.4s/step, 1 min 2 s, ± 3 µs
  [new RegExp(`(?<![\\w.])\\d+(?:[.,]\\d+)*(?:e[-+]?\\d+)?\\s?${unit}(?:/\\w+)?(?![\\w/])`, "g"), "<time>"],
  // 1,234.5 images/s
  [/(?<![\w.])\d+(?:[.,]\d+)*\s?[\w.]+\/(?:s|sec|second|min|minute)\b/g, "<rate>"],
  // file:///a/b.ts, C:\a\b.ts, /a/b/c.ts: the last part says what it is
  [/\bfile:\/\/[^\s'")\]>,]*\/([^\s'")\]>,/]*)/g, "<path>/$1"],
  [/(?<![\w<])[A-Za-z]:\\(?:[^\s'"\\]+\\)+([^\s'"\\]+)/g, "<path>/$1"],
  [/(?<![\w/:.<>])~?\/(?:[\w.@+~ -]+?\/)+([\w.@+~-]*)/g, "<path>/$1"],
  // Ids and addresses
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, "<id>"],
  [/\b0x[0-9a-f]{6,}\b/gi, "<address>"],
  [/\b(pid|process|port|thread)([ =:]+)\d+\b/gi, "$1$2<id>"],
  [/\b(localhost|127\.0\.0\.1|\[::1\]):\d+\b/g, "$1:<id>"],
];

/** The text without what differs from run to run. */
export function normalizeText(text: string): string {
  return replacements.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}

/** Ids within markup (`id="a1b2"`, `href="#a1b2"`, `data-…`) are drawn anew in each run. */
export function normalizeMarkup(markup: string): string {
  const withoutIds = markup.replace(
    /\b(id|for|href|data-[\w-]+|aria-[\w-]+|class)=("[^"]*"|'[^']*')/g,
    (whole: string, name: string, value: string) =>
      name === "class" || (name === "href" && !/^["']#/.test(value)) ? whole : `${name}=<id>`,
  );
  return normalizeText(withoutIds);
}
