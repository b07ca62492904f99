/** Zip archives of unknown origin: what is in them, checked entry by entry before anything is unpacked. */
import { inflateRawSync } from "node:zlib";
import { RefusedError } from "./refused-error";

/** What we use of `adm-zip`, which comes without types. */
interface ZipEntry {
  readonly rawEntryName: Buffer;
  readonly attr: number;
  readonly header: { readonly flags: number; readonly method: number };
  getCompressedData(): Buffer;
}
interface Zip {
  getEntries(): ZipEntry[];
  addFile(name: string, content: Buffer): void;
  toBuffer(): Buffer;
}
const Zip = require("adm-zip") as new (bytes?: Buffer) => Zip;

const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;
const MOST_ENTRIES = 1000;
/** File types in the upper half of the attributes of archives made under Unix. */
const TYPE_MASK = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;

/** Whether bytes begin as a zip archive does. */
export const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/**
 * The files of an archive by path, in memory.
 * @throws RefusedError for what is damaged, encrypted, leads outside, is a link, or is more than `limitBytes` unpacked
 */
export function readZip(bytes: Uint8Array, limitBytes: number): Map<string, Uint8Array> {
  const entries = entriesOf(bytes);
  if (entries.length > MOST_ENTRIES) throw new RefusedError(`its archive has more than ${MOST_ENTRIES} files`);
  const files = new Map<string, Uint8Array>();
  let left = limitBytes;
  for (const entry of entries) {
    const name = checkedName(entry);
    if (name === undefined) continue;
    const content = unpacked(entry, name, left, limitBytes);
    if (files.has(name)) throw new RefusedError(`its archive has two files '${name}'`);
    left -= content.byteLength;
    files.set(name, content);
  }
  return files;
}

function entriesOf(bytes: Uint8Array): ZipEntry[] {
  try {
    return new Zip(Buffer.from(bytes)).getEntries();
  } catch (error) {
    throw new RefusedError(`its archive is damaged (${(error as Error).message})`);
  }
}

/** The path of an entry; undefined for a folder. */
function checkedName(entry: ZipEntry): string | undefined {
  // The bytes themselves: libraries are helpful, and turn '..' and '\' into something else.
  const name = entry.rawEntryName.toString("utf8");
  const shown = JSON.stringify(name.slice(0, 80));
  const type = (entry.attr >>> 16) & TYPE_MASK;
  if (type !== 0 && type !== REGULAR && type !== FOLDER)
    throw new RefusedError(`its archive has a link or another special file, ${shown}`);
  if (entry.header.flags & ENCRYPTED) throw new RefusedError("its archive is encrypted: hand it in without a password");
  const parts = name.split("/");
  const outside = name.startsWith("/") || /^[a-z]:/i.test(name) || name.includes("\\") || parts.includes("..");
  if (outside) throw new RefusedError(`its archive has a path that leads outside, ${shown}`);
  if (parts[0] === "node_modules") throw new RefusedError("its archive has a folder node_modules: leave it out");
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(name) || name.length > 200 || name === "")
    throw new RefusedError(`its archive has a file with a name that cannot be used, ${shown}`);
  return name.endsWith("/") ? undefined : parts.filter((part) => part !== "" && part !== ".").join("/");
}

function unpacked(entry: ZipEntry, name: string, left: number, limit: number): Uint8Array {
  const tooLarge = new RefusedError(`it is too large: more than ${limit / 1e6} MB unpacked`);
  const packed = entry.getCompressedData();
  const { method } = entry.header;
  if (method !== STORED && method !== DEFLATED)
    throw new RefusedError(`its archive uses a compression that is not known (method ${method})`);
  if (method === STORED) {
    if (packed.byteLength > left) throw tooLarge;
    return packed;
  }
  try {
    // What the archive says of the size is not believed.
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, left) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge;
    throw new RefusedError(`the file ${JSON.stringify(name)} in its archive is damaged`);
  }
}

/** An archive of files by path. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const zip = new Zip();
  for (const [name, content] of files) zip.addFile(name, Buffer.from(content));
  return zip.toBuffer();
}
