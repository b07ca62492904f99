/** Reads the slides' own text (which is not ours, and lies outside of the project): what each page has, as numbers and names. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/** What is compared with `slidePages`. */
export interface TextPage {
  readonly heading: string;
  /** Numbers of its equations, ascending. */
  readonly equations: readonly number[];
  /** Numbers of the cells that it refers to. */
  readonly cells: readonly number[];
  /** Number of its figure. */
  readonly figure?: number;
  /** How many points its lists have. */
  readonly points: number;
  /** How many boxes (takeaways, good practices) it has. */
  readonly boxes: number;
}

/** Where the text lies: `DNN_LAB_SLIDES`, else beside the project; undefined when it is not there. */
export function slidesFile(project: string): string | undefined {
  const places = [process.env.DNN_LAB_SLIDES, join(project, "..", "shared", "reference", "slides.txt")];
  return places.find((place) => place !== undefined && place !== "" && existsSync(place));
}

/** The pages of the text, cut at these headings, which must follow each other in it. @throws Error for a heading that is missing. */
export function textPages(text: string, headings: readonly string[]): TextPage[] {
  const lines = text.split("\n").map((line) => line.trim());
  const starts: number[] = [];
  for (const heading of headings) {
    const at = lines.indexOf(heading, (starts.at(-1) ?? -1) + 1);
    if (at < 0) throw new Error(`The slides have no page '${heading}' after page ${starts.length}.`);
    starts.push(at);
  }
  return headings.map((heading, i) => pageOf(heading, lines.slice(starts[i] + 1, starts[i + 1])));
}

/** Signs that begin a point; `ullet`, `lacktriangle` and `N word` are what is left of signs that the reader of the PDF did not know. */
const POINT = /^(?:[-•①②③]|ullet|\\bullet|lacktriangle|\d \w)/;
/** The title of a box; of one only a star was left. */
const BOX = /^(?:Takeaway|Good practice|\*)$/;

function pageOf(heading: string, lines: readonly string[]): TextPage {
  const text = lines.join("\n");
  const tags = [...text.matchAll(/\\tag\{(\d+)\}|^\((\d+(?:, \d+)*)\)$/gm)].flatMap(([, tag, alone]) =>
    (tag ?? alone).split(", ").map(Number),
  );
  const cells = [...text.matchAll(/\bcells? (\d+)(?: and (\d+))?/g)].flatMap(([, one, two]) =>
    [one, two].filter(Boolean).map(Number),
  );
  const figure = /^Figure (\d+):/m.exec(text)?.[1];
  return {
    heading,
    equations: [...new Set(tags)].sort((a, b) => a - b),
    cells,
    ...(figure ? { figure: Number(figure) } : {}),
    points: lines.filter((line) => POINT.test(line)).length,
    boxes: lines.filter((line) => BOX.test(line)).length,
  };
}
