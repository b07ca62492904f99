/**
 * Takes out of a text what cannot be a result: durations where form or words say so, rates of a computer, addresses of
 * objects, ports of this machine, names of temporary folders, colours. All else is data; what else is noise in a notebook its
 * rules say (`// @check text: /run-[0-9a-f]{8}/ -> run-ID`).
 */
import { terminalText } from "./terminal";

/** A text without its noise, and what was taken out, in order. */
export interface Quiet {
  readonly text: string;
  readonly taken: readonly string[];
}

const value = String.raw`(?<![\w.])\d[\d.,]{0,30}(?:e[-+]?\d+)?`;
const small = "(?:ns|[uµμ]s|ms|msec|nanoseconds?|microseconds?|milliseconds?)";
const large = "(?:s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|days?)";
const any = `(?:${small}|${large})`;
/** `3.2 s`, `1 min 2 s`, `1m 2s`, `1h3m` */
const duration = `(?:\\d+\\s?(?:h|m)\\s?(?=\\d))*${value.replace("(?<![\\w.])", "")}\\s?${any}(?:,?\\s(?:and\\s)?\\d[\\d.,]{0,30}\\s?${any})*(?![\\w/])`;
const timeWords =
  "(?:wall|cpu|training|train|execution|exec|inference|compile|compilation|load|loading|run|running|processing|computation|build|total|response|evaluation|startup)";
const done = "(?:finished|done|completed|trained|fitted|loaded|compiled|built|executed|ran|saved|evaluated|downloaded)";
const counted =
  "(?:[kKMGTP]?i?B|[kMGT]bit|[kKMGTP]?(?:FLOPS?|flops?)|its?|iter(?:ation)?s?|items?|steps?|samples?|images?|imgs?|examples?|tokens?|tok|rows?|records?|requests?|req|ops?|epochs?|batch(?:es)?|messages?|docs?|files?|calls?|queries)";

type Replacement = readonly [pattern: RegExp, replacement: string];

const replacements: readonly Replacement[] = [
  // %time, %timeit
  [/\b(CPU times:|Wall time:)[^\n]*/g, "$1 <time>"],
  [new RegExp(`${value}\\s?(?:${small}|s)\\s?±[^\\n]{0,60}per loop[^\\n]*`, "g"), "<time>"],
  // tqdm: [00:01<00:00, 9.53it/s], and without a total [00:00, 612kB/s]
  [/\[\d+:\d\d(?::\d\d)?(?:<|, )[^\]\n]{0,80}\]/g, "[<time>]"],
  // 12ms/step, 0.3 s/epoch, and Keras' `1s 12ms/step`
  [
    new RegExp(
      `${value}\\s?(?:${small}|s|sec|min)/(step|epoch|batch|it|iter|iteration|sample|image|item|call|op|loop|token|example|row|run)\\b`,
      "g",
    ),
    "<time>/$1",
  ],
  [/(?<![\w.])\d+m?s(?= (?:- )?<time>\/)/g, "<time>"],
  // 1,234 images/s, 3 GFLOP/s, 12 items per second
  [new RegExp(`${value}\\s?${counted}(?:/(?:s|sec|second|min|minute)| per (?:second|minute))\\b`, "g"), "<rate>"],
  [new RegExp(`${value}\\s?[kKMGTP]FLOPS\\b`, "g"), "<rate>"],
  // took 3.2 s, elapsed: 3.2, training time = 1 min 2 s, finished in 0.3 s, 12 passed in 0.3s
  [
    new RegExp(
      `\\b((?:took|eta|runtime|spent|${timeWords}[ _-]time)\\b(?:[ :=~]|about |only |approximately )*)${duration}`,
      "gi",
    ),
    "$1<time>",
  ],
  [
    new RegExp(
      `\\b(elapsed(?:[ _]?(?:time|s|ms|sec|secs|seconds))?\\b["']?[ :=~]*|duration_ms[ :=]*)\\d[\\d.,]{0,30}(?:e[-+]?\\d+)?(?:\\s?${any})?(?![\\w/])`,
      "gi",
    ),
    "$1<time>",
  ],
  [new RegExp(`\\b(${done}(?: \\w+){0,2}? in (?:about )?)${duration}`, "gi"), "$1<time>"],
  [new RegExp(`\\b(\\d+ (?:passed|failed|skipped)\\b[^\\n\\d]{0,40} in )${duration}`, "gi"), "$1<time>"],
  // 3 ms, 1.25 µs: times of a computer
  [new RegExp(`${value}\\s?(?:ns|[µμ]s|ms|msec|nanoseconds?|microseconds?|milliseconds?)(?![\\w/])`, "g"), "<time>"],
  // Ids of processes, addresses of objects, ports of this machine
  [/\(node:\d+\)/g, "(node:<pid>)"],
  [/\b(pid)([ =:]+)\d+\b/gi, "$1$2<pid>"],
  [/\bat 0x[0-9a-f]{6,16}\b/gi, "at <address>"],
  [/(?<![\w.])(localhost|127\.0\.0\.1|\[::1\]):\d{2,5}\b/g, "$1:<port>"],
];

const temporary =
  /((?:\/private)?(?:\/tmp|\/var\/tmp|\/var\/folders\/[\w+-]{2}\/[\w+-]+\/T)\/|[A-Za-z]:\\[^\s'"]{1,200}?\\Temp\\)([\w.@+-]+)/g;
/** A word, a name or a number is not what `mkdtemp` makes. */
const plainWord = /^(?:[A-Za-z]?[a-z]+|[A-Z]+)?\d*$/;

/** The random part of a temporary folder's name: six characters of Node.js, eight of Python. */
function withoutRandom(name: string): string {
  const python = /^(tmp|.*[-_.])([a-z0-9_]{8})$/.exec(name);
  if (python && (python[1] === "tmp" || !plainWord.test(python[2]))) return `${python[1]}<random>`;
  const node = /^(.*?)([A-Za-z0-9]{6})$/.exec(name);
  return node && !plainWord.test(node[2]) ? `${node[1]}<random>` : name;
}

const memory = /(?<![\w.])\d[\d.,]{0,30}\s?[KMGT]i?B\b(?!\/)/g;
const memoryWords = /\b(?:memory|heap\w*|rss|ram)\b/i;

/** Memory is noise where a line tells a rate, or says that it is the process' memory. */
function withoutMemory(text: string): string {
  if (!/[KMGT]i?B\b/.test(text)) return text;
  return text
    .split("\n")
    .map((line) => (line.includes("<rate>") || memoryWords.test(line) ? line.replace(memory, "<memory>") : line))
    .join("\n");
}

/** The text without what cannot be a result. */
export function withoutNoise(raw: string): Quiet {
  const taken: string[] = [];
  let text = terminalText(raw);
  if (!/\d/.test(text)) return { text, taken };
  for (const [pattern, replacement] of replacements) {
    text = text.replace(pattern, (...found: unknown[]) => {
      taken.push((found[0] as string).slice(0, 80));
      return replacement.replace(/\$(\d)/g, (_, group: string) => String(found[Number(group)]));
    });
  }
  text = text.replace(temporary, (whole: string, folder: string, name: string) => {
    const known = withoutRandom(name);
    if (known !== name) taken.push(whole);
    return folder + known;
  });
  return { text: withoutMemory(text), taken };
}
