/** Decoded and sized pictures of a folder in one file, so that later passes and runs only read bytes. */
import { hashOf } from "dnn-lab-core/hash";
import { writeFileAtomic } from "dnn-lab-core/files";
import {
  appendFileSync,
  existsSync,
  type FileHandle,
  join,
  mkdirSync,
  open,
  readFileSync,
  statSync,
} from "../../platform";
import type { PictureForm } from "./decode-picture";

/** Pictures that are new before it is noted which are there. */
const NOTED = 500;

/** A pass over the pictures. */
export interface CachedPass {
  /** Picture number `index`, from the file or from `decode`. */
  get(index: number, decode: () => Promise<Uint8Array>): Promise<Uint8Array>;
  close(): Promise<void>;
}

export class PictureCache {
  /** 1 for each picture that is in the file. */
  private readonly there: Uint8Array;

  private constructor(
    private readonly stem: string,
    private readonly length: number,
    count: number,
  ) {
    this.there = new Uint8Array(count);
    if (!existsSync(this.bytes) || !existsSync(this.notes)) return;
    const notes = readFileSync(this.notes);
    if (notes.length === count) this.there.set(notes);
  }

  /** The cache in `folder` of these files in this form; a file that has changed since makes another one. */
  static of(folder: string, paths: readonly string[], form: PictureForm, length: number): PictureCache {
    mkdirSync(folder, { recursive: true });
    const known = paths.map((path) => {
      const { size, mtimeMs } = statSync(path);
      return `${path} ${size} ${Math.floor(mtimeMs)}`;
    });
    const key = hashOf("sha256", Buffer.from([JSON.stringify(form), ...known].join("\n"))).slice(0, 24);
    return new PictureCache(join(folder, `pictures-${key}`), length, paths.length);
  }

  /** Begins a pass, which has the file open for itself: one that is not read to its end may close it late. */
  begin(): CachedPass {
    let handle: Promise<FileHandle> | undefined;
    let fresh = 0;
    const get = async (index: number, decode: () => Promise<Uint8Array>): Promise<Uint8Array> => {
      const file = await (handle ??= this.opened());
      const position = index * this.length;
      if (this.there[index]) {
        const found = new Uint8Array(this.length);
        const { bytesRead } = await file.read(found, 0, this.length, position);
        if (bytesRead === this.length) return found;
      }
      const picture = await decode();
      await file.write(picture, 0, this.length, position);
      this.there[index] = 1;
      if (++fresh % NOTED === 0) this.note();
      return picture;
    };
    const close = async (): Promise<void> => {
      if (fresh > 0) this.note();
      await (await handle)?.close();
    };
    return { get, close };
  }

  private get bytes(): string {
    return `${this.stem}.bytes`;
  }

  private get notes(): string {
    return `${this.stem}.there`;
  }

  private note(): void {
    writeFileAtomic(this.notes, Buffer.from(this.there));
  }

  private opened(): Promise<FileHandle> {
    // Made first, so that two passes that begin together do not make it empty for each other.
    if (!existsSync(this.bytes)) appendFileSync(this.bytes, "");
    return open(this.bytes, "r+");
  }
}
