/** Flow charts as SVG: boxes with links, questions, arrows. The page's own colours, real links. */
import { checkOptions, show } from "dnn-lab-core/check";
import { escapeHtml } from "dnn-lab-core/html";
import { html, type Displayable } from "../display";

/** A box of a {@link flowChart}. */
export interface FlowChartBox {
  /** Its text; `\n` begins a line. */
  readonly text: string;
  /** Its column, from 0. */
  readonly column: number;
  /** Its row, from 0. */
  readonly row: number;
  /** Where a click leads: an address, or `#heading` in the same page. */
  readonly link?: string;
  /** Whether it asks something: a box with round ends. Default false. */
  readonly isQuestion?: boolean;
}

/** Options of {@link flowChart}. */
export interface FlowChartOptions {
  /** The boxes, by names that the arrows use. */
  readonly boxes: Readonly<Record<string, FlowChartBox>>;
  /** From a box to a box, with a word beside the arrow: `["asked", "done", "yes"]`. */
  readonly arrows: readonly (readonly [from: string, to: string, word?: string])[];
  /** What the chart shows, in a sentence, for readers without the picture. */
  readonly description: string;
}

const owner = "flowChart";
const [boxWidth, boxHeight, gapX, gapY] = [190, 62, 60, 46];
const line = 17;

/**
 * Draws boxes on a grid and arrows between them; boxes with a `link` can be clicked and reached with the Tab key.
 *
 * Slides' statements: transfer-chart.
 * @throws TypeError for an arrow to a box that there is not; RangeError for two boxes in one place.
 * @example
 * await display(flowChart({
 *   boxes: {
 *     ask: { text: "Good enough?", column: 0, row: 0, isQuestion: true },
 *     end: { text: "Done", column: 0, row: 1, link: "#Questions" },
 *   },
 *   arrows: [["ask", "end", "yes"]],
 *   description: "A question, and its end",
 * }));
 */
export function flowChart(options: FlowChartOptions): Displayable {
  const { boxes, arrows, description } = checkOptions(owner, options, { boxes: true, arrows: true, description: true });
  checkBoxes(boxes);
  for (const [from, to] of arrows)
    for (const name of [from, to])
      if (!(name in boxes))
        throw new TypeError(
          `${owner}: an arrow names the box ${show(name)}; there are ${Object.keys(boxes).join(", ")}.`,
        );
  const all = Object.values(boxes);
  const width = (Math.max(...all.map(({ column }) => column)) + 1) * (boxWidth + gapX);
  const height = (Math.max(...all.map(({ row }) => row)) + 1) * (boxHeight + gapY);
  const lines = arrows.map(([from, to, word]) => arrow(boxes[from], boxes[to], word)).join("\n");
  const svg = `<svg viewBox="0 0 ${width} ${height}" width="${width}" role="group" aria-label="${escapeHtml(description)}" style="max-width: 100%; height: auto" font-size="13" font-family="system-ui, sans-serif" fill="currentColor">
<defs><marker id="flow-chart-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${lines}
${all.map(boxSvg).join("\n")}
</svg>`;
  return html(svg, description);
}

function checkBoxes(boxes: Readonly<Record<string, FlowChartBox>>): void {
  const places = new Map<string, string>();
  for (const [name, box] of Object.entries(boxes)) {
    checkOptions(`${owner}: box ${show(name)}`, box, {
      text: true,
      column: true,
      row: true,
      link: true,
      isQuestion: true,
    });
    const place = `column ${box.column}, row ${box.row}`;
    const other = places.get(place);
    if (other !== undefined) throw new RangeError(`${owner}: boxes '${other}' and '${name}' are both in ${place}.`);
    places.set(place, name);
    if (box.link !== undefined && !/^(https?:\/\/|#|[\w.][^:]*$)/.test(box.link))
      throw new TypeError(
        `${owner}: the link of box '${name}' must be an address or '#heading', received ${show(box.link)}.`,
      );
  }
  if (places.size === 0) throw new TypeError(`${owner}: boxes must name at least one box, received none.`);
}

const middle = ({ column, row }: FlowChartBox): [number, number] => [
  column * (boxWidth + gapX) + gapX / 2 + boxWidth / 2,
  row * (boxHeight + gapY) + gapY / 2 + boxHeight / 2,
];

function boxSvg(box: FlowChartBox): string {
  const [x, y] = middle(box);
  const words = box.text.split("\n");
  const spans = words.map((word, i) => {
    const at = y + (i - (words.length - 1) / 2) * line;
    return `<tspan x="${x}" y="${at}" dominant-baseline="central">${escapeHtml(word)}</tspan>`;
  });
  const style = box.link ? ' text-decoration="underline"' : "";
  const shape = `<rect x="${x - boxWidth / 2}" y="${y - boxHeight / 2}" width="${boxWidth}" height="${boxHeight}" rx="${box.isQuestion ? boxHeight / 2 : 6}" fill="transparent" stroke="currentColor"${box.isQuestion ? ' stroke-dasharray="5 3"' : ""}/>`;
  const content = `${shape}<text text-anchor="middle"${style}>${spans.join("")}</text>`;
  return box.link ? `<a href="${escapeHtml(box.link)}">${content}</a>` : `<g>${content}</g>`;
}

/** From border to border; along the grid where both are in one row or column, else around the corner. */
function arrow(from: FlowChartBox, to: FlowChartBox, word: string | undefined): string {
  const [[x1, y1], [x2, y2]] = [middle(from), middle(to)];
  const [right, down] = [Math.sign(x2 - x1), Math.sign(y2 - y1)];
  const start: [number, number] = right === 0 ? [x1, y1 + (down * boxHeight) / 2] : [x1 + (right * boxWidth) / 2, y1];
  const end: [number, number] = down === 0 ? [x2 - (right * boxWidth) / 2, y2] : [x2, y2 - (down * boxHeight) / 2];
  const corner = right !== 0 && down !== 0 ? ` ${x2} ${y1}` : "";
  const [wx, wy] = right === 0 ? [start[0] + 8, start[1] + down * 18] : [start[0] + right * 8, start[1] - 8];
  const anchor = right < 0 ? "end" : "start";
  const label = word ? `<text x="${wx}" y="${wy}" text-anchor="${anchor}">${escapeHtml(word)}</text>` : "";
  return `<polyline points="${start.join(" ")}${corner} ${end.join(" ")}" fill="none" stroke="currentColor" marker-end="url(#flow-chart-tip)"/>${label}`;
}
