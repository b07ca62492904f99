/** The stand-in for Fashion-MNIST, drawn when it is first needed and kept in the cache folder. */
import { join } from "../../platform";
import { keptPart } from "../kept-part";
import type { Storage } from "../storage";
import { GENERATOR_VERSION, generatePart, type PartOptions } from "./generate";

/** The part from the cache when it is there and whole, else drawn anew. */
export function standInPart(folder: string, options: PartOptions): Promise<Storage> {
  const path = join(folder, `garments-v${GENERATOR_VERSION}-${options.name}.bin`);
  return keptPart(path, { count: options.count, shape: [options.side, options.side] }, () => generatePart(options));
}
