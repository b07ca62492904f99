/** Paths in archives, as the zip programs of Windows, macOS and Linux write them. */
import { RefusedError } from "./refused-error";

/** Of a whole path in characters, and of a part of it in the bytes that file systems take. */
const LONGEST = 200;
const LONGEST_PART = 255;

/** Folders and files that systems and editors add by themselves. */
const litter = /^(__MACOSX|\.ipynb_checkpoints|\.git|\.vscode|\.idea|\.Trashes|\.Spotlight-V100)$/i;
const litterFile = /^(\._.*|\.DS_Store|Thumbs\.db|desktop\.ini)$/i;

/** Whether nobody meant to hand this in. */
export function isLitter(path: string): boolean {
  const parts = path.split("/");
  return parts.slice(0, -1).some((part) => litter.test(part)) || litterFile.test(parts.at(-1)!);
}

export interface ArchivePath {
  /** Without `.`, empty parts and backslashes. */
  readonly path: string;
  readonly isFolder: boolean;
  /** As it stands in the archive, in short, for messages. */
  readonly shown: string;
}

/** Names are UTF-8 in whatever was made in this century; other bytes are read as Latin-1, so that each has a character. */
function decoded(raw: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return Buffer.from(raw).toString("latin1");
  }
}

/**
 * The path in the bytes of an entry's name: libraries are helpful, and turn `..` and `\` into something else.
 * @throws RefusedError when it leads outside, or no file can have such a path
 */
export function pathIn(raw: Uint8Array): ArchivePath {
  const name = decoded(raw).normalize("NFC");
  const shown = JSON.stringify(name.slice(0, 80));
  const forward = name.replaceAll("\\", "/");
  const parts = forward.split("/").filter((part) => part !== "" && part !== ".");
  if (forward.startsWith("/") || /^[a-z]:/i.test(forward) || parts.includes(".."))
    throw new RefusedError(`its archive has a path that leads outside, ${shown}`);
  if (parts.some((part) => part.toLowerCase() === "node_modules"))
    throw new RefusedError("its archive has a folder node_modules: leave it out");
  const isFolder = /(^|\/)\.?$/.test(forward);
  const tooLong = name.length > LONGEST || parts.some((part) => Buffer.byteLength(part) > LONGEST_PART);
  if (/\p{Cc}/u.test(name) || tooLong || (parts.length === 0 && !isFolder) || name === "")
    throw new RefusedError(`its archive has a file with a name that cannot be used, ${shown}`);
  return { path: parts.join("/"), isFolder, shown };
}
