/** Zip archives of unknown origin: what is in them, checked entry by entry before anything is unpacked. */
import { crc32, inflateRawSync } from "node:zlib";
import { messageOf } from "dnn-lab-core/errors";
import { RefusedError } from "./refused-error";
import { isLitter, pathIn } from "./zip-paths";

/** What we use of `adm-zip`, which comes without types. */
interface ZipEntry {
  readonly rawEntryName: Buffer;
  readonly attr: number;
  readonly header: { readonly flags: number; readonly method: number; readonly crc: number; readonly size: number };
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
 * The files of an archive by path, in memory. What file managers add of their own (`__MACOSX`, `.DS_Store`, checkpoints) is
 * left out.
 * @throws RefusedError for what is damaged, encrypted, leads outside, is a link, or is more than `limitBytes` unpacked
 */
export function readZip(bytes: Uint8Array, limitBytes: number): Map<string, Uint8Array> {
  const entries = entriesOf(bytes);
  const files = new Map<string, Uint8Array>();
  let left = limitBytes;
  for (const entry of entries) {
    const path = checkedPath(entry);
    if (path === undefined || isLitter(path)) continue;
    const content = unpacked(entry, path, left, limitBytes);
    if (files.has(path)) throw new RefusedError(`its archive has two files '${path}'`);
    left -= content.byteLength;
    files.set(path, content);
  }
  for (const path of files.keys()) {
    const parts = path.split("/");
    const file = parts
      .slice(1)
      .map((_, i) => parts.slice(0, i + 1).join("/"))
      .find((above) => files.has(above));
    if (file !== undefined) throw new RefusedError(`its archive has '${file}' as a file and as a folder`);
  }
  return files;
}

function entriesOf(bytes: Uint8Array): ZipEntry[] {
  let entries: ZipEntry[];
  try {
    entries = new Zip(Buffer.from(bytes)).getEntries();
  } catch (error) {
    // The library throws texts too.
    throw new RefusedError(`its archive is damaged (${messageOf(error)})`);
  }
  if (entries.length > MOST_ENTRIES) throw new RefusedError(`its archive has more than ${MOST_ENTRIES} files`);
  return entries;
}

/** The path of an entry; undefined for a folder. */
function checkedPath(entry: ZipEntry): string | undefined {
  const { path, isFolder, shown } = pathIn(entry.rawEntryName);
  const type = (entry.attr >>> 16) & TYPE_MASK;
  if (type !== 0 && type !== REGULAR && type !== FOLDER)
    throw new RefusedError(`its archive has a link or another special file, ${shown}`);
  if (entry.header.flags & ENCRYPTED) throw new RefusedError("its archive is encrypted: hand it in without a password");
  return isFolder ? undefined : path;
}

function unpacked(entry: ZipEntry, path: string, left: number, limit: number): Uint8Array {
  const { method, crc, size } = entry.header;
  const damaged = new RefusedError(`the file ${JSON.stringify(path)} in its archive is damaged: zip it again`);
  if (method !== STORED && method !== DEFLATED)
    throw new RefusedError(`its archive uses a compression that is not known (method ${method})`);
  let content: Uint8Array;
  try {
    const packed = entry.getCompressedData();
    // What the archive says of the size is not believed.
    content = method === STORED ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(1, left) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code !== "ERR_BUFFER_TOO_LARGE") throw damaged;
    throw new RefusedError(`it is too large: more than ${limit / 1e6} MB unpacked`);
  }
  if (content.byteLength > left) throw new RefusedError(`it is too large: more than ${limit / 1e6} MB unpacked`);
  if (content.byteLength !== size || crc32(content) !== crc >>> 0) throw damaged;
  return content;
}

/** An archive of files by path. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const zip = new Zip();
  for (const [name, content] of files) zip.addFile(name, Buffer.from(content));
  return zip.toBuffer();
}
