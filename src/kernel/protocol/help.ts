import type { LanguageClient } from "./language-client";
import { versions } from "./kernel-info";
import { MAGICS } from "./magics";
import type { Json } from "./message";

const GLOBALS: readonly (readonly [string, string])[] = [
  ["display(value, options?)", "shows a value now; the handle it returns can update it"],
  ["html, md, svg", "template tags and functions: text as HTML, Markdown or SVG"],
  ["image(source)", "an image from bytes, a file, a URL, a tensor or pixels"],
  ["clearOutput(options?)", "removes what the cell has shown"],
  ["input(prompt?), prompt(prompt?), password(prompt?)", "ask the user"],
  ["comms", "opens and accepts comm channels, on which widgets are built"],
  ["require(name), import", "CommonJS and ES modules, JSON, local .ts files"],
];

/** The page of `%help`, or the documentation of a name. */
export async function helpPage(topic: string, language: LanguageClient): Promise<Json> {
  if (topic === "") return overview();
  const found = await language.inspect(topic, [...topic].length, 1);
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
