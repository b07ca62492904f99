/** The shape of a run's record: plain JSON. */

/** Plain facts shown with a record. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** One number an epoch for each metric; all of one length. */
export interface EpochMetrics {
  /** Training loss. */
  readonly loss: readonly number[];
  /** Training accuracy. */
  readonly accuracy: readonly number[];
  /** Validation loss. */
  readonly val_loss: readonly number[];
  /** Validation accuracy. */
  readonly val_accuracy: readonly number[];
}

/** A further run of a section, without a published counterpart. */
export interface Variant {
  /** Title in reports. */
  readonly title: string;
  /** Its figures. */
  readonly history: EpochMetrics;
}

/** A section of the notebook: one training run. */
export interface SectionRecord {
  /** Key by which published figures are found, such as `power`. */
  readonly name: string;
  /** Title in reports. */
  readonly title: string;
  /** First and last execution count. */
  readonly cells: readonly [number, number];
  /** Its figures by epoch. */
  readonly history: EpochMetrics;
  /** Validation accuracy of the last epoch. */
  readonly finalValAccuracy: number;
  /** Highest validation accuracy. */
  readonly bestValAccuracy: number;
  /** Wall-clock time of training. */
  readonly seconds: number;
  /** Further runs of the section. */
  readonly variants: readonly Variant[];
  /** Facts shown with it. */
  readonly extra: Facts;
}

/** The data set of a run. */
export interface DataRecord {
  /** Name of the data set. */
  readonly name: string;
  /** Where the bytes came from. */
  readonly source: string;
  /** SHA-256 of the data. */
  readonly fingerprint: string;
  /** False for generated stand-ins: published figures say nothing about them. */
  readonly comparable: boolean;
  /** Remarks that belong beside every result. */
  readonly notes: readonly string[];
}

/** Figures of an earlier run of the same kind, beside this one's. */
export interface ExpectedFigures {
  /** Where the expected figures stand. */
  readonly source: string;
  /** How many images were used for what. */
  readonly split: string;
  /** Test accuracies of both runs, and how far they may lie apart. */
  readonly figures: readonly {
    readonly title: string;
    readonly expected: number;
    readonly ours: number;
    readonly tolerance: number;
  }[];
}

/** A whole run. */
export interface RunRecord {
  /** Name of the package. */
  readonly project: string;
  /** Commit of the code; `unknown` outside a repository. */
  readonly commit: string;
  /** Whether the code differed from the commit. */
  readonly dirty: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Wall-clock time of the whole run. */
  readonly seconds: number;
  /** Versions of what computed, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** What `engineReport` tells: the engine's name, and why it was chosen. */
  readonly engine: { readonly name: string };
  /** The processor and its memory. */
  readonly machine: Facts;
  /** The data set, its source and fingerprint. */
  readonly data: DataRecord;
  /** The global seed. */
  readonly seed: number;
  /** Path of the notebook in the project. */
  readonly notebook: string;
  /** One for each training run, in order. */
  readonly sections: readonly SectionRecord[];
  /** Loss and accuracy on the test split. */
  readonly test: { readonly loss: number; readonly accuracy: number };
  /** What the run is compared with in place of published figures. */
  readonly expected?: ExpectedFigures;
}

/** What is known of a run so far. */
export type PartialRecord = Partial<Omit<RunRecord, "sections">> & Pick<RunRecord, "sections">;
