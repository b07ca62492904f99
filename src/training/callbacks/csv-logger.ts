/** Writes a line of numbers for each epoch. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { checkBoolean, checkOptions, show } from "../../core/check";
import type { Logs } from "../../core/types";
import type { Callback } from "../callback";

export interface CsvLoggerOptions {
  /** The file; its folder is made. */
  filename: string;
  /** Between two fields (default a comma); one character. */
  separator?: string;
  /** Whether to go on with a file that exists; its columns must be the same (default false: it is replaced). */
  append?: boolean;
}

/**
 * Keras' CSVLogger: one row an epoch with the epoch's number, from 0, and its logs in the order of their names.
 *
 * Each row is in the file as soon as its epoch has ended. A metric that an epoch does not have is written as `NA`.
 * Rows end with a carriage return and a line feed, as those of Python's csv module.
 *
 * @example csvLogger({ filename: "results/power.csv" })
 */
export function csvLogger(options: CsvLoggerOptions): Callback {
  const owner = "csvLogger";
  checkOptions(owner, options, ["filename", "separator", "append"]);
  const { filename, separator = ",", append = false } = options;
  if (typeof filename !== "string" || filename === "") {
    throw new TypeError(`${owner}: filename must be the path of a file, received ${show(filename)}.`);
  }
  if (typeof separator !== "string" || separator.length !== 1 || /["\r\n]/.test(separator)) {
    throw new TypeError(`${owner}: separator must be one character, and no quote, received ${show(separator)}.`);
  }
  checkBoolean(owner, "append", append);
  let keys: string[] | undefined;
  const write = (fields: readonly unknown[]) => appendFileSync(filename, row(fields, separator));

  return {
    name: "CSVLogger",
    onTrainBegin() {
      keys = undefined;
      mkdirSync(dirname(filename), { recursive: true });
      if (!append) writeFileSync(filename, "");
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

/** The metrics by name; where none is of the validation, places for those that later epochs may have. */
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
