/** Notebooks that run well and give something else than before: what a check of results has to see. */
import { PNG } from "pngjs";
import type { Output } from "dnn-lab-notebooks";
import { type BadNotebook, drifted, PLOTLY, printed } from "./bad-notebooks";

const shown = (data: Record<string, unknown>): Output => ({ output_type: "display_data", data, metadata: {} });

const SIZE = 120;

/** A curve drawn in black on white, as PNG in base64. */
function drawn(height: (x: number) => number): string {
  const picture = new PNG({ width: SIZE, height: SIZE });
  picture.data.fill(255);
  for (let x = 0; x < SIZE; x += 0.1) {
    const y = Math.round(SIZE / 2 - height((x / SIZE) * 6) * SIZE * 0.4);
    for (const row of [y, y + 1].filter((each) => each >= 0 && each < SIZE)) {
      const at = 4 * (row * SIZE + Math.floor(x));
      picture.data.fill(0, at, at + 3);
    }
  }
  return PNG.sync.write(picture).toString("base64");
}

const withText = (mime: string, was: string): Output[] => [shown({ [mime]: was, "text/plain": "shown" })];
const displayed = (mime: string, now: unknown): string =>
  `display(${JSON.stringify({ [mime]: now, "text/plain": "shown" })}, { raw: true }); undefined`;
const axis = (type: string) => ({ data: [{ x: [1, 2], y: [1, 2] }], layout: { yaxis: { type } } });

const changes: readonly (readonly [name: string, what: string, source: string, was: Output[]])[] = [
  ["unit", "a result in another unit", 'console.log("distance 12.3 m");', [printed("distance 12.3 km\n")]],
  ["sign", "a number of the other sign", 'console.log("gain -0.25");', [printed("gain 0.25\n")]],
  ["digit", "the last digit of a large integer", 'console.log("9007199254740993");', [printed("9007199254740992\n")]],
  ["hex", "another hexadecimal number", 'console.log("flags 0x1f");', [printed("flags 0x2f\n")]],
  [
    ...(["html", "a number in an HTML table"] as const),
    displayed("text/html", "<table><tr><td>accuracy</td><td>0.81</td></tr></table>"),
    withText("text/html", "<table><tr><td>accuracy</td><td>0.91</td></tr></table>"),
  ],
  [
    ...(["json", "a value in JSON"] as const),
    displayed("application/json", { best: "adam" }),
    [shown({ "application/json": { best: "sgd" }, "text/plain": "shown" })],
  ],
  [
    ...(["axis", "a figure's axis, logarithmic where it was not"] as const),
    `display(${JSON.stringify(axis("log"))}); undefined`,
    [shown({ [PLOTLY]: axis("linear"), "text/plain": "a figure" })],
  ],
  [
    ...(["picture", "a picture of cosine for sine"] as const),
    displayed("image/png", drawn(Math.cos)),
    withText("image/png", drawn(Math.sin)),
  ],
  [
    ...(["empty-picture", "an empty picture for sine"] as const),
    displayed(
      "image/png",
      drawn(() => 2),
    ),
    withText("image/png", drawn(Math.sin)),
  ],
];

export const changedResults: readonly BadNotebook[] = changes.map(([name, what, source, was]) => ({
  ...{ name: `changed-${name}`, what, kind: "difference" as const },
  ...drifted(source, was),
}));
