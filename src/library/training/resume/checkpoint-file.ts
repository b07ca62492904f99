/** One checkpoint in one file: written whole and to the disk, and checked to the last byte when it is read. */
import { messageOf } from "dnn-lab-core/errors";
import { writeFileDurable } from "dnn-lab-core/files";
import { readFileSync } from "../../platform";
import { pack, unpack } from "./plain-data";
import type { RunDescription } from "./run-description";
import type { RunState } from "./run-state";
import { decodeSafetensors, encodeSafetensors, type Contents } from "./safetensors";

const FORMAT = "dnn-lab checkpoint";
const VERSION = "2";

/** What is in the file is not what was written there. */
export class DamagedCheckpoint extends Error {}

export interface Checkpoint {
  readonly description: RunDescription;
  readonly state: RunState;
}

export function writeCheckpoint(path: string, { description, state }: Checkpoint): void {
  const { json, arrays } = pack("fit: a checkpoint (exportState of a callback)", state);
  const texts = {
    format: FORMAT,
    version: VERSION,
    description: JSON.stringify(description),
    state: JSON.stringify(json),
  };
  writeFileDurable(path, encodeSafetensors({ texts, arrays }));
}

/** Throws a {@link DamagedCheckpoint} with the reason, or an Error for a file of another version of the library. */
export function readCheckpoint(path: string): Checkpoint {
  const { texts, arrays } = readContents(path);
  if (texts.format !== FORMAT) throw new DamagedCheckpoint("it is not a checkpoint of dnn-lab");
  if (texts.version !== VERSION) {
    const fix = "Use the version that wrote it, or another folder in resume to begin anew.";
    throw new Error(`fit: the checkpoint ${path} has format ${texts.version}, this version reads ${VERSION}. ${fix}`);
  }
  return {
    description: JSON.parse(texts.description) as RunDescription,
    state: unpack({ json: JSON.parse(texts.state), arrays }) as RunState,
  };
}

function readContents(path: string): Contents {
  try {
    return decodeSafetensors(readFileSync(path));
  } catch (error) {
    throw new DamagedCheckpoint(messageOf(error));
  }
}
