/** The ten classes of the stand-in for CIFAR-10: five textures, each on a round and on an angular object. */

const TEXTURES = ["striped", "checked", "dotted", "ringed", "mottled"] as const;
export const SHAPES = ["disc", "block"] as const;
export type Texture = (typeof TEXTURES)[number];
export type Shape = (typeof SHAPES)[number];

/** Label = 2 · texture + shape: "striped disc", "striped block", "checked disc" … */
export const TEXTURE_CLASS_NAMES: readonly string[] = TEXTURES.flatMap((texture) =>
  SHAPES.map((shape) => `${texture} ${shape}`),
);

export function textureOf(label: number): Texture {
  return TEXTURES[label >> 1];
}

export function shapeOf(label: number): Shape {
  return SHAPES[label & 1];
}
