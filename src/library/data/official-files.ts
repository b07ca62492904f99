/** Files as their publisher made them, known by checksum. */
import { hashOf } from "dnn-lab-core/hash";
import { existsSync, join, readFileSync } from "../platform";
import { decodeIdx, decompress, type IdxArray, type IdxExpectation } from "./idx";

/** An official file: IDX, compressed with gzip. */
export interface OfficialFile {
  /** Name without `.gz`. */
  readonly name: string;
  /** MD5 of the compressed file as published. */
  readonly md5: string;
  /** MD5 of its content, which does not depend on who compressed it. */
  readonly contentMd5: string;
  readonly content: IdxExpectation;
}

/** The file in `folder`, compressed or plain; undefined when it is not there. */
export function findOfficial(folder: string, file: OfficialFile): string | undefined {
  return [`${file.name}.gz`, file.name].map((name) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * Reads and checks an official file. Throws an `Error` when it is damaged (see `readIdx`), and when it is sound but
 * not the official one.
 */
export function readOfficial(path: string, file: OfficialFile, homepage: string): IdxArray {
  const content = decompress(readFileSync(path), path);
  const decoded = decodeIdx(content, path, file.content);
  const found = hashOf("md5", content);
  if (found === file.contentMd5) return decoded;
  throw new Error(
    `${path}: expected the official ${file.name} (content MD5 ${file.contentMd5}), found a file of the same form with ` +
      `MD5 ${found}. Replace it by the one from ${homepage}; for data of your own use readIdx and datasetFromArrays.`,
  );
}
