/** What was handed in, as files lie in a folder: each student's own, or as Canvas, Moodle and Gradescope give them out. */
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { printable, resultName } from "./student-names";

/** A file, and whose it is as far as its place says. */
export interface HandedIn {
  readonly path: string;
  /** Names of the student, the best first. */
  readonly names: readonly string[];
  /** The platform's own number, which tells people of one name apart. */
  readonly number: string | undefined;
  /** Counted from 1, where the platform tells; the highest counts. */
  readonly attempt: number;
  /** When it was handed in, in milliseconds; undefined where nothing but the file's own time says it. */
  readonly submitted: number | undefined;
}

const isSubmission = (name: string): boolean => /\.(ipynb|zip)$/i.test(name) && !/^[._]/.test(name);

/** `lovelaceada_LATE_123_4567_homework-2.ipynb`: sortable name, user, submission, file, attempt. */
const canvas = /^(?<name>[^_]+)_(?:LATE_)?(?<user>\d{2,})_(?<submission>\d{3,})_(?<file>.+)$/;
/** `Ada Lovelace_1234_assignsubmission_file_`, a folder or the beginning of a file's name. */
const moodle = /^(?<name>.+?)_(?<id>\d+)_assignsubmission_file_?/;

function canvasFile(path: string): HandedIn | undefined {
  const name = basename(path, extname(path));
  const found = canvas.exec(name)?.groups;
  if (!found) return undefined;
  const attempt = Number(/-(\d+)$/.exec(found.file!)?.[1] ?? 0) + 1;
  return { path, names: [found.user!, printable(found.name!)], number: found.user, attempt, submitted: undefined };
}

function moodleName(text: string): Pick<HandedIn, "names" | "number"> | undefined {
  const found = moodle.exec(text)?.groups;
  return found && { names: [printable(found.name!).normalize("NFC")], number: found.id };
}

/** A file that lies directly in the folder. */
export function handedInFile(path: string): HandedIn {
  const asMoodle = moodleName(basename(path));
  const rest = { path, attempt: 1, submitted: undefined };
  if (asMoodle) return { ...asMoodle, ...rest };
  const name = resultName(path);
  // Canvas adds a number to a name that was handed in before.
  const without = name.replace(/-\d{1,2}$/, "");
  return canvasFile(path) ?? { names: without === name ? [name] : [name, without], number: undefined, ...rest };
}

/** Of Gradescope's export: whose the folder is, and when it was handed in. */
function gradescope(folder: string): ReadonlyMap<string, Omit<HandedIn, "path">> {
  const file = join(folder, "submission_metadata.yml");
  const found = new Map<string, Omit<HandedIn, "path">>();
  if (!existsSync(file)) return found;
  for (const part of readFileSync(file, "utf8").split(/^(?=\S)/m)) {
    const id = /^(submission_\d+):/.exec(part)?.[1];
    if (id === undefined) continue;
    const value = (key: string): string | undefined =>
      new RegExp(`:?${key}:\\s*['"]?([^'"\\n]+?)['"]?\\s*$`, "m").exec(part)?.[1];
    const names = [value("sid"), value("email"), value("name")].filter((name): name is string => name !== undefined);
    const time = Date.parse(value("created_at") ?? "");
    found.set(id, {
      names: names.length ? names : [id],
      number: undefined,
      attempt: 1,
      submitted: Number.isNaN(time) ? undefined : time,
    });
  }
  return found;
}

/** The files in a student's folder; for an empty folder the folder itself, so that it is reported. */
function inFolder(path: string, about: Omit<HandedIn, "path">): HandedIn[] {
  const files = readdirSync(path).filter(isSubmission).sort();
  return files.length ? files.map((name) => ({ ...about, path: join(path, name) })) : [{ ...about, path }];
}

/** All that was handed in, in a folder: every entry that is not hidden, also folders and links, in the order of names. */
export function handedIn(folder: string): HandedIn[] {
  const known = gradescope(folder);
  const entries = readdirSync(folder).filter(
    (name) => !name.startsWith(".") && name !== "__MACOSX" && name !== "submission_metadata.yml",
  );
  return entries.sort().flatMap((name): HandedIn[] => {
    const path = join(folder, name);
    if (!lstatSync(path).isDirectory()) return [handedInFile(path)];
    const named = moodleName(name) ?? { names: [resultName(`${path}.x`)], number: undefined };
    return inFolder(path, known.get(name) ?? { ...named, attempt: 1, submitted: undefined });
  });
}
