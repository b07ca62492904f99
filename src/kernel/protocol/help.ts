import type { LanguageClient } from "./language-client";
import { versions } from "./kernel-info";
import { MAGICS } from "./magic-list";
import type { Json } from "./message";

const GLOBALS: readonly (readonly [string, string])[] = [
  ["display(value, options?)", "shows a value now; the handle it returns can update it"],
  ["html, md, svg", "template tags and functions: text as HTML, Markdown or SVG"],
  ["image(source)", "an image from bytes, a file, a URL, a tensor or pixels"],
  ["clearOutput(options?)", "removes what the cell has shown"],
  ["input(prompt?), prompt(prompt?), password(prompt?)", "ask the user"],
  ["comms", "opens and accepts comm channels, on which widgets are built"],
  ["_, __, ___, Out[n], In[n]", "the last results, the result and the code of the cell number n"],
  ["require(name), import", "CommonJS and ES modules, JSON, local .ts files"],
];

/** The page of `%help`, or the documentation of a name. */
export async function helpPage(topic: string, language: LanguageClient, level: 0 | 1 = 1): Promise<Json> {
  if (topic === "") return overview();
  const found = await language.inspect(topic, [...topic].length, level);
  if (found === null) return { "text/plain": `Nothing is known about "${topic}".` };
  return { "text/plain": found.text, "text/markdown": found.markdown };
}

function overview(): Json {
  const { kernel, typescript, node } = versions();
  const title = `dnn-lab ${kernel}: TypeScript ${typescript} on Node.js ${node}`;
  const magics = MAGICS.map(({ use }) => `- ${use}`);
  const globals = GLOBALS.map(([name, use]) => `- \`${name}\`: ${use}`);
  const markdown = [`**${title}**`, "", "Magics", "", ...magics, "", "Globals", "", ...globals].join("\n");
  return { "text/plain": markdown.replace(/\*\*/g, "").replace(/`/g, ""), "text/markdown": markdown };
}

const MOST_VALUE_CHARS = 80;

/** What `%who` prints, and with `types` what `%whos` does: types, and values with the shape and memory of tensors. */
export async function listOfNames(names: Iterable<string>, types: boolean, language: LanguageClient): Promise<string> {
  const sorted = [...names].sort();
  if (sorted.length === 0) return "No names have been declared.\n";
  if (!types) return `${sorted.join("  ")}\n`;
  const { valuesByName } = require("./debug/values-by-name") as typeof import("./debug/values-by-name");
  const values = await valuesByName(language, sorted);
  const width = Math.max(...sorted.map((name) => name.length));
  const rows: string[] = [];
  for (const name of sorted) {
    const found = await language.inspect(name, [...name].length, 0);
    const value = values.get(name) ?? "";
    const shown = value.length > MOST_VALUE_CHARS ? `${value.slice(0, MOST_VALUE_CHARS)}…` : value;
    rows.push([name.padEnd(width), found?.text.split("\n")[0] ?? "", shown].filter(Boolean).join("  "));
  }
  return `${rows.join("\n")}\n`;
}

/** What `%lsmagic` prints. */
export function listOfMagics(): string {
  return `${MAGICS.map(({ name }) => name).join("  ")}\n`;
}
