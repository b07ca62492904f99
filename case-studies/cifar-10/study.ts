/** A run of the case study: its settings, its data, and what it has computed so far, kept stage by stage. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cifar10, type Dataset, provenance, setRandomSeed, tf, useEngine } from "dnn-lab";
import { type ProfileName, profiles, seed, type Settings } from "./settings";

export interface Parts {
  readonly train: Dataset;
  readonly valid: Dataset;
  readonly test: Dataset;
}

/** What a stage has given, with what made it. */
interface Kept<Result> {
  readonly key: string;
  readonly finished: string;
  readonly seconds: number;
  readonly provenance: ReturnType<typeof provenance>;
  readonly data: { readonly source: string; readonly notes: readonly string[]; readonly fingerprint: string };
  readonly result: Result;
}

/** The first samples; unlike after `take`, classes can still be chosen. */
export function firstOf(data: Dataset, count: number): Dataset {
  return data.subset(Array.from({ length: Math.min(count, data.size) }, (_, i) => i));
}

export class Study {
  private constructor(
    readonly profile: ProfileName,
    readonly settings: Settings,
    readonly folder: string,
    readonly parts: Parts,
    /** All training images, also those that `parts` leaves out. */
    readonly pool: Dataset,
    private readonly fresh: boolean,
  ) {}

  /** Opens the study in `folder`, where the stages' results are kept; with `fresh` none is taken from there. */
  static async open(profile: ProfileName, folder: string, { fresh = false } = {}): Promise<Study> {
    const settings = profiles[profile];
    if (!settings) throw new TypeError(`cifar-10: expected the profile quick or full, received '${profile}'.`);
    await useEngine();
    const split = ["train[:90%]", "train[90%:]", "test"] as const;
    const [train, valid, test] = await cifar10.load({ split });
    const { images } = settings;
    const parts = {
      train: firstOf(train, images.train),
      valid: firstOf(valid, images.valid),
      test: firstOf(test, images.test),
    };
    mkdirSync(folder, { recursive: true });
    return new Study(profile, settings, folder, parts, train, fresh);
  }

  /** Where the data come from, in words; every table must say it. */
  get dataLine(): string {
    const { name, source, notes } = this.parts.train.info;
    const { train, valid, test } = this.parts;
    const sizes = `${train.size} training, ${valid.size} validation and ${test.size} test images`;
    return `${name} from ${source}${notes.length ? ` (${notes.join("; ")})` : ""}: ${sizes}; profile ${this.profile}`;
  }

  /** A file of this study. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /**
   * The result of a stage: the kept one when `settings`, seed, data and engine are what they were, else computed from the seed.
   * The seconds are those of the computation. It gets a folder for checkpoints, which is kept until the stage is done.
   */
  async stage<Result>(name: string, settings: unknown, compute: (resume: string) => Promise<Result>): Promise<Result> {
    const { fingerprint, source, notes } = this.parts.train.info;
    const made = provenance();
    const used = [settings, this.settings.images, seed, fingerprint, made.engine.name];
    const key = createHash("sha256").update(JSON.stringify(used)).digest("hex").slice(0, 20);
    const path = this.path(`${name}.json`);
    const kept = this.fresh ? undefined : readKept<Result>(path);
    if (kept?.key === key) {
      console.log(`${name}: computed on ${kept.finished.slice(0, 10)} in ${kept.seconds.toFixed(0)} s`);
      return kept.result;
    }
    const started = performance.now();
    const resume = this.path(`${name}-${key}`);
    if (this.fresh) rmSync(resume, { recursive: true, force: true });
    setRandomSeed(seed);
    const result = await compute(resume);
    tf.disposeVariables();
    const seconds = (performance.now() - started) / 1000;
    const data = { source, notes, fingerprint };
    const finished = new Date().toISOString();
    write(path, { key, finished, seconds, provenance: made, data, result });
    rmSync(resume, { recursive: true, force: true });
    console.log(`${name}: ${seconds.toFixed(0)} s`);
    return result;
  }
}

function readKept<Result>(path: string): Kept<Result> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Kept<Result>;
  } catch {
    console.log(`${path} is damaged; the stage is computed again.`);
    return undefined;
  }
}

function write<Result>(path: string, kept: Kept<Result>): void {
  writeFileSync(`${path}.part`, `${JSON.stringify(kept)}\n`);
  renameSync(`${path}.part`, path);
}
