/** What a data set says about itself; it is kept with every result made from it. */

/** Where the bytes came from. `arrays` and `stream` are data that the caller supplied. */
export type DataOrigin = "folder" | "cache" | "download" | "generated" | "arrays" | "stream";

/** What a data set is: name, classes, source, fingerprint. */
export interface DatasetInfo {
  /** Name as in the tables of results, `fashion_mnist`. */
  readonly name: string;
  /** The part that was asked for, `train[:70%]`. */
  readonly split: string;
  /** Where the data came from: a folder, the cache, a download, or a generator. */
  readonly source: DataOrigin;
  /** SHA-256 (hexadecimal) of the stored features and labels, of which the split selects rows. */
  readonly fingerprint: string;
  /** Name of each class, by label; empty when the labels name no classes. */
  readonly classNames: readonly string[];
  /** Whether results may be compared with published figures for `name`: false for a generated stand-in. */
  readonly comparable: boolean;
  /** Remarks that belong beside every result, such as "generated stand-in". */
  readonly notes: readonly string[];
}
