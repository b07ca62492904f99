/** Names of students as their files say them, and the folders in which their results lie. */
import { basename, extname } from "node:path";
import { hashOf } from "dnn-lab-core/hash";
import { RefusedError } from "./refused-error";

/** What a terminal would obey or what turns the order of letters round: nothing that a name needs. */
const INVISIBLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Text without control characters, for terminals, tables and pages; line ends become spaces. */
export const printable = (text: string): string => text.replace(/[\r\n\t]+/g, " ").replace(INVISIBLE, "");

/** The name in a file's name; empty when nothing is left of it. */
function nameIn(path: string): string {
  const file = basename(path);
  const name = basename(file, extname(file));
  return printable(name).normalize("NFC").replace(/\s+/gu, " ").trim();
}

/**
 * The student whose file this is: its name without the extension, in whatever script.
 * @throws RefusedError when no name is left
 */
export function studentOf(path: string): string {
  const name = nameIn(path);
  if (name === "") throw new RefusedError("its file name holds no name: name the file after the student");
  return name;
}

/** The name that a submission's results have: the student's; one is made up when the file's name says none. */
export function resultName(path: string): string {
  return nameIn(path) || `nameless-${hashOf("sha256", basename(path)).slice(0, 12)}`;
}

/** Of a folder's name, in bytes; systems take 255. */
const LONGEST = 200;
/** Files of ours end so. */
const OURS = /\.(csv|html|json|lock|md|damaged.*)$/i;

/**
 * The folder of a student's results, below that of all: his name where a folder may have it and no file of ours does; else
 * a name that begins with `~`. Different students have different folders.
 */
export function folderOf(student: string): string {
  // What Windows does not take, and the sign itself.
  const escaped = student.replace(/[<>:"|?*\\/%]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const tooLong = Buffer.byteLength(escaped) > LONGEST;
  if (tooLong) return `~${[...escaped].slice(0, 40).join("")}-${hashOf("sha256", student).slice(0, 16)}`;
  return /^[.~]|[. ]$/.test(escaped) || OURS.test(escaped) ? `~${escaped}~` : escaped;
}
