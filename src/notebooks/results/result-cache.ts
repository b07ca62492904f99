/**
 * Executed notebooks, by all that their outputs depend on. What is found here need not be executed again; so a batch that
 * was interrupted goes on with what is missing.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "dnn-lab-core/files";
import type { NotebookEvent } from "../run/events";
import type { Inputs, Provenance } from "./run-provenance";
import { digestOf } from "../notebook/digest";
import { contentHash } from "../inputs/content";
import { changesOf } from "../inputs/observed";

export interface CacheEntry {
  readonly provenance: Provenance;
  /** What happened when it ran, without what was shown meanwhile. */
  readonly events: readonly NotebookEvent[];
  /** The executed notebook's text. */
  readonly executed: string;
}

/** The key of inputs. Where data lie is part of the entry: it is known only after a run, and compared on reading. */
export function cacheKey(inputs: Inputs): string {
  return digestOf(inputs);
}

/** So many results with equal inputs are kept: what was seen to be read may have changed, and change back. */
const MOST_ENTRIES = 8;

export class ResultCache {
  constructor(private readonly folder: string) {}

  private place(inputs: Inputs): string {
    return join(this.folder, cacheKey(inputs));
  }

  private entries(inputs: Inputs): string[] {
    const place = this.place(inputs);
    if (!existsSync(place)) return [];
    const files = readdirSync(place).filter((name) => name.endsWith(".json"));
    return files.map((name) => join(place, name)).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  }

  /** The entry for these inputs whose data, files and variables are what they were; undefined when there is none. */
  find(inputs: Inputs, env: Readonly<Record<string, string | undefined>> = process.env): CacheEntry | undefined {
    for (const path of this.entries(inputs)) {
      const entry = readEntry(path);
      if (!entry) continue;
      const { data, rests } = entry.provenance;
      const asBefore = Object.entries(data).every(([each, hash]) => contentHash(each) === hash);
      if (asBefore && (rests === undefined || changesOf(rests, env).length === 0)) return entry;
    }
    return undefined;
  }

  store(inputs: Inputs, entry: CacheEntry): void {
    const place = this.place(inputs);
    mkdirSync(place, { recursive: true });
    const events = entry.events.filter(({ event }) => event !== "live").map(withoutObserved);
    const content = { ...entry, events };
    const { data, rests } = entry.provenance;
    const name = digestOf([data, rests?.files, rests?.folders, rests?.environment]).slice(0, 16);
    writeFileAtomic(join(place, `${name}.json`), JSON.stringify({ ...content, digest: digestOf(content) }));
    for (const old of this.entries(inputs).slice(MOST_ENTRIES)) rmSync(old, { force: true });
  }
}

/** It stands in the provenance, with hashes. */
function withoutObserved(event: NotebookEvent): NotebookEvent {
  return event.event === "end" ? { ...event, observed: null } : event;
}

/** A damaged entry counts as missing. */
function readEntry(path: string): CacheEntry | undefined {
  try {
    const { digest, ...content } = JSON.parse(readFileSync(path, "utf8")) as CacheEntry & { digest: string };
    return digestOf(content) === digest ? content : undefined;
  } catch {
    return undefined;
  }
}
