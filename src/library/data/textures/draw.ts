/** One picture: a textured object somewhere on a background, in colours that tell nothing about the class. */
import type { RandomStream } from "dnn-lab-core/random";
import { shapeOf, textureOf, type Shape } from "./classes";
import { pattern, soften } from "./patterns";

type Colour = readonly [red: number, green: number, blue: number];

/** Distance in pixels from the outline, positive inside. */
type Outline = (u: number, v: number) => number;

/** Draws an object of the class `label` into `pixels` `[side, side, 3]`; it depends on nothing but label and stream. */
export function drawTextured(label: number, random: RandomStream, side: number, pixels: Uint8Array): void {
  const angle = random.integer(2) * (Math.PI / 2) + random.uniform(-0.5, 0.5);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const outline = outlineOf(shapeOf(label), (side / 32) * random.uniform(10, 13), random);
  const texture = pattern(textureOf(label), random);
  const colours = objectColours(random);
  const ground = background(random, side);
  const grain = random.uniform(2, 12);
  const [centreX, centreY] = [side / 2 + random.uniform(-3, 3), side / 2 + random.uniform(-3, 3)];
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++, at += 3) {
      const [dx, dy] = [x + 0.5 - centreX, y + 0.5 - centreY];
      const [u, v] = [dx * cos + dy * sin, dy * cos - dx * sin];
      const inside = soften(outline(u, v));
      const tone = inside > 0 ? texture(u, v) : 0;
      const noise = grain * (random.uniform() + random.uniform() - 1);
      for (let channel = 0; channel < 3; channel++) {
        const object = colours[0][channel] + (colours[1][channel] - colours[0][channel]) * tone;
        const behind = ground(x, y, channel);
        pixels[at + channel] = toByte(behind + (object - behind) * inside + noise);
      }
    }
  }
}

function outlineOf(shape: Shape, radius: number, random: RandomStream): Outline {
  const stretch = random.uniform(0.88, 1.14);
  if (shape === "disc") return (u, v) => radius - Math.sqrt((u * stretch) ** 2 + (v / stretch) ** 2);
  const half = 0.85 * radius;
  return (u, v) => Math.min(half / stretch - Math.abs(u), half * stretch - Math.abs(v));
}

/** A dark and a bright colour, so that the texture can be seen whatever their hues. */
function objectColours(random: RandomStream): [Colour, Colour] {
  return [colour(random, 0, 110), colour(random, 140, 255)];
}

function colour(random: RandomStream, darkest: number, brightest: number): Colour {
  const channel = () => random.uniform(darkest, brightest);
  return [channel(), channel(), channel()];
}

/** Colours that flow from one corner to the others. */
function background(random: RandomStream, side: number): (x: number, y: number, channel: number) => number {
  const ground = () => colour(random, 60, 190);
  const [corner, right, below] = [ground(), ground(), ground()];
  const share = 0.5 / side;
  return (x, y, channel) =>
    corner[channel] + ((right[channel] - corner[channel]) * x + (below[channel] - corner[channel]) * y) * share;
}

function toByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.round(value);
}
