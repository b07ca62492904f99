/** The checkpoints of a run, numbered from the oldest to the newest. */
import { isAlive } from "dnn-lab-core/processes";
import { basename, existsSync, join, mkdirSync, readdirSync, renameSync, rmSync, process } from "../../platform";
import { type Checkpoint, DamagedCheckpoint, readCheckpoint, writeCheckpoint } from "./checkpoint-file";

const NAME = /^checkpoint-(\d{6,})\.safetensors$/;
const TEMPORARY = /^\.checkpoint-\d+\.safetensors\.(\d+)\.[0-9a-f]+\.tmp$/;

/** A checkpoint that was read, or why it cannot be used. */
export interface Candidate {
  readonly path: string;
  readonly checkpoint?: Checkpoint;
  readonly damage?: string;
}

export class CheckpointFolder {
  /** Files that belong to this run, the newest last. */
  private own: string[] = [];
  private nextNumber: number;

  /** Makes the folder, and removes what processes that are gone did not finish writing. */
  constructor(
    readonly folder: string,
    private readonly keep: number,
  ) {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) if (isAbandoned(name)) rmSync(join(folder, name), { force: true });
    this.nextNumber = 1 + Math.max(0, ...this.numbers());
  }

  /** Reads one after another, the newest first. */
  *candidates(): Generator<Candidate> {
    for (const number of this.numbers().sort((a, b) => b - a)) {
      const path = this.path(number);
      try {
        yield { path, checkpoint: readCheckpoint(path) };
      } catch (error) {
        if (!(error instanceof DamagedCheckpoint)) throw error;
        yield { path, damage: error.message };
      }
    }
  }

  /** Takes these files, the newest first, for this run's, to be removed when newer ones have taken their place. */
  adopt(paths: readonly string[]): void {
    this.own = [...paths].reverse();
  }

  /** Puts a damaged file out of the way, for whoever wants to look at it. */
  setAside(path: string): void {
    if (existsSync(path)) renameSync(path, `${path}.damaged`);
  }

  /** Writes the next checkpoint, then removes the oldest ones; returns its path. */
  add(checkpoint: Checkpoint): string {
    const path = this.path(this.nextNumber++);
    writeCheckpoint(path, checkpoint);
    this.own.push(path);
    while (this.own.length > this.keep) rmSync(this.own.shift() as string, { force: true });
    return path;
  }

  private path(number: number): string {
    return join(this.folder, `checkpoint-${String(number).padStart(6, "0")}.safetensors`);
  }

  private numbers(): number[] {
    return readdirSync(this.folder).flatMap((name) => {
      const found = NAME.exec(basename(name));
      return found ? [Number(found[1])] : [];
    });
  }
}

function isAbandoned(name: string): boolean {
  const found = TEMPORARY.exec(name);
  return found !== null && (Number(found[1]) === process.pid || !isAlive(Number(found[1])));
}
