import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Json } from "./message";

/** One executed cell. */
interface Entry {
  readonly session: number;
  readonly line: number;
  readonly source: string;
  output?: string;
}

type HistoryItem = [session: number, line: number, input: string | [string, string | null]];

const KEPT_ENTRIES = 20_000;

/**
 * Where the history is kept: `DNN_LAB_HISTORY`, or the user's state folder.
 * `DNN_LAB_HISTORY=off` keeps nothing on disk.
 */
export function historyFile(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const asked = environment["DNN_LAB_HISTORY"];
  if (asked === "off" || asked === "0" || asked === "false") return undefined;
  if (asked !== undefined && asked !== "") return asked;
  const state = environment["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state");
  return join(state, "dnn-lab", "history.jsonl");
}

/** The inputs of this and of earlier sessions. The file (JSON lines, mode 600) is read when it is first needed. */
export class InputHistory {
  private entries: Entry[] | undefined;
  private session = 1;
  private file: string | undefined;

  /** `null` keeps the history in memory only. */
  constructor(file: string | null = historyFile() ?? null) {
    this.file = file ?? undefined;
  }

  /** Adds an executed cell. */
  add(line: number, source: string): void {
    const entries = this.load();
    entries.push({ session: this.session, line, source });
    this.append({ session: this.session, line, source });
  }

  /** Adds the result of a cell of this session; results are not written to disk. */
  setOutput(line: number, output: string): void {
    const entry = this.load().findLast((candidate) => candidate.session === this.session && candidate.line === line);
    if (entry !== undefined) entry.output = output;
  }

  /** Answers a history_request. Throws when the request is not one of tail, range and search. */
  query(request: Json): HistoryItem[] {
    const found = this.select(request);
    return found.map(({ session, line, source, output }) => [
      session,
      line,
      request["output"] === true ? [source, output ?? null] : source,
    ]);
  }

  private select(request: Json): Entry[] {
    const entries = this.load();
    const count = typeof request["n"] === "number" && request["n"] > 0 ? request["n"] : undefined;
    switch (request["hist_access_type"]) {
      case "tail":
        return entries.slice(-(count ?? 10));
      case "range":
        return this.range(request);
      case "search": {
        const pattern = globToRegExp(typeof request["pattern"] === "string" ? request["pattern"] : "*");
        let found = entries.filter((entry) => pattern.test(entry.source));
        if (request["unique"] === true) found = lastOfEach(found);
        return count === undefined ? found : found.slice(-count);
      }
      default:
        throw new RangeError(
          `hist_access_type must be "tail", "range" or "search", received ${JSON.stringify(request["hist_access_type"])}`,
        );
    }
  }

  /** Session 0 is this one, -1 the one before; `stop` is exclusive. */
  private range(request: Json): Entry[] {
    const asked = typeof request["session"] === "number" ? request["session"] : 0;
    const session = asked > 0 ? asked : this.session + asked;
    const start = typeof request["start"] === "number" ? request["start"] : 0;
    const stop = typeof request["stop"] === "number" ? request["stop"] : Infinity;
    return this.load().filter((entry) => entry.session === session && entry.line >= start && entry.line < stop);
  }

  private load(): Entry[] {
    if (this.entries !== undefined) return this.entries;
    const { entries, lastSession } = this.file === undefined ? { entries: [], lastSession: 0 } : readEntries(this.file);
    this.session = lastSession + 1;
    this.entries = entries;
    if (this.file !== undefined && entries.length > KEPT_ENTRIES) this.shorten(this.file);
    this.append({ session: this.session, line: 0, source: "" });
    return this.entries;
  }

  private append(entry: Entry): void {
    if (this.file === undefined) return;
    try {
      mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
      appendFileSync(this.file, `${JSON.stringify([entry.session, entry.line, entry.source])}\n`, { mode: 0o600 });
    } catch {
      // A read-only home is no reason to refuse cells: the history then lives in memory only.
      this.file = undefined;
    }
  }

  private shorten(file: string): void {
    this.entries = (this.entries as Entry[]).slice(-KEPT_ENTRIES / 2);
    const text = this.entries.map((entry) => `${JSON.stringify([entry.session, entry.line, entry.source])}\n`).join("");
    try {
      writeFileSync(`${file}.${process.pid}`, text, { mode: 0o600 });
      renameSync(`${file}.${process.pid}`, file);
    } catch {
      this.file = undefined;
    }
  }
}

function readEntries(file: string): { entries: Entry[]; lastSession: number } {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
    chmodSync(file, 0o600);
  } catch {
    return { entries: [], lastSession: 0 };
  }
  const entries: Entry[] = [];
  let lastSession = 0;
  for (const row of text.split("\n")) {
    const entry = parseRow(row);
    if (entry === undefined) continue;
    lastSession = Math.max(lastSession, entry.session);
    // Line 0 only says that a session began.
    if (entry.line > 0) entries.push(entry);
  }
  return { entries, lastSession };
}

/** Skips a row that was cut by a crash, or edited by hand. */
function parseRow(row: string): Entry | undefined {
  try {
    const [session, line, source] = JSON.parse(row) as [unknown, unknown, unknown];
    if (typeof session === "number" && typeof line === "number" && typeof source === "string")
      return { session, line, source };
  } catch {
    return undefined;
  }
  return undefined;
}

/** `*` stands for any text and `?` for one character, as in IPython. */
function globToRegExp(glob: string): RegExp {
  const pattern = [...glob].map((letter) => (letter === "*" ? "[^]*" : letter === "?" ? "[^]" : escapeRegExp(letter)));
  return new RegExp(`^${pattern.join("")}$`);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function lastOfEach(entries: Entry[]): Entry[] {
  const bySource = new Map<string, Entry>();
  for (const entry of entries) {
    bySource.delete(entry.source);
    bySource.set(entry.source, entry);
  }
  return [...bySource.values()];
}
