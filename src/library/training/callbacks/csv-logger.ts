/** Writes a line of numbers for each epoch. */
import { checkBoolean, checkOptions, show } from "dnn-lab-core/check";
import { writeFileAtomic } from "dnn-lab-core/files";
import type { Logs } from "dnn-lab-core/types";
import { appendFileSync, dirname, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "../../platform";
import type { ResumableCallback } from "./monitored";

/** Options of {@link csvLogger}. */
export interface CsvLoggerOptions {
  /** The file; its folder is made. */
  filename: string;
  /** Between two fields (default a comma); one character. */
  separator?: string;
  /** Whether to go on with a file that exists; its columns must be the same (default false: it is replaced). */
  append?: boolean;
}

/** What this training has written to the file, and the bytes that were there before. */
export interface CsvLoggerState {
  /** Bytes of the file that are not ours. */
  readonly start: number;
  /** What was written after them. */
  readonly text: string;
  /** Columns; undefined before the first epoch. */
  readonly keys?: readonly string[];
}

/**
 * Keras' CSVLogger: one row an epoch with the epoch's number, from 0, and its logs in the order of their names.
 *
 * Each row is in the file as soon as its epoch has ended. A metric that an epoch does not have is written as `NA`.
 * Rows end with a carriage return and a line feed, as those of Python's csv module. A resumed run takes the file back
 * to where it was at the checkpoint.
 *
 * @example csvLogger({ filename: "results/power.csv" })
 */
export function csvLogger(options: CsvLoggerOptions): ResumableCallback<CsvLoggerState> {
  const owner = "csvLogger";
  checkOptions(owner, options, { filename: true, separator: true, append: true });
  const { filename, separator = ",", append = false } = options;
  if (typeof filename !== "string" || filename === "") {
    throw new TypeError(`${owner}: filename must be the path of a file, received ${show(filename)}.`);
  }
  if (typeof separator !== "string" || separator.length !== 1 || /["\r\n]/.test(separator)) {
    throw new TypeError(`${owner}: separator must be one character, and no quote, received ${show(separator)}.`);
  }
  checkBoolean(owner, "append", append);
  let keys: readonly string[] | undefined;
  let [start, text] = [0, ""];
  let resumed = false;
  const write = (fields: readonly unknown[]) => {
    const line = row(fields, separator);
    appendFileSync(filename, line);
    text += line;
  };

  return {
    name: "CSVLogger",
    addsToLogs: [],
    exportState: () => ({ start, text, keys }),
    importState(state) {
      ({ start, text, keys } = state);
      resumed = true;
    },
    onTrainBegin() {
      mkdirSync(dirname(filename), { recursive: true });
      if (resumed) putBack(owner, filename, start, text);
      else {
        keys = undefined;
        if (!append) writeFileSync(filename, "");
        [start, text] = [existsSync(filename) ? statSync(filename).size : 0, ""];
      }
      resumed = false;
    },
    onEpochEnd(epoch, logs) {
      if (!keys) {
        const header = firstLine(filename);
        keys = columns(logs);
        if (header === "") write(["epoch", ...keys]);
        else checkHeader(owner, filename, header, row(["epoch", ...keys], separator).trimEnd());
      }
      write([epoch, ...keys.map((key) => logs[key] ?? "NA")]);
    },
  };
}

/** Gives the file what it held at the checkpoint: its first `start` bytes and `text`. */
function putBack(owner: string, filename: string, start: number, text: string): void {
  const present = existsSync(filename) ? readFileSync(filename) : Buffer.alloc(0);
  if (present.length < start) {
    const fix = "Bring the file back, or begin anew in another folder of checkpoints.";
    throw new Error(
      `${owner}: ${filename} held ${start} bytes before this training, now it has ${present.length}. ${fix}`,
    );
  }
  writeFileAtomic(filename, Buffer.concat([present.subarray(0, start), Buffer.from(text)]));
}

/** The metrics by name. When none is from a validation, columns are kept free for those that later epochs may have. */
function columns(logs: Logs): string[] {
  const names = Object.keys(logs).sort();
  return names.some((name) => name.startsWith("val_")) ? names : [...names, ...names.map((name) => `val_${name}`)];
}

const quoted = (field: string, separator: string) =>
  field.includes(separator) || /["\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;

const row = (fields: readonly unknown[], separator: string) =>
  `${fields.map((field) => quoted(String(field), separator)).join(separator)}\r\n`;

const firstLine = (filename: string) =>
  existsSync(filename) ? readFileSync(filename, "utf8").split(/\r?\n/, 1)[0] : "";

function checkHeader(owner: string, filename: string, found: string, expected: string): void {
  if (found === expected) return;
  const fix = "Write to another file, or leave append out to replace this one.";
  throw new Error(`${owner}: ${filename} has the columns ${show(found)}, this run ${show(expected)}. ${fix}`);
}
