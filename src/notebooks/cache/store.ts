/**
 * Executed notebooks, by all that their outputs depend on. What is found here need not be executed again; so a batch that
 * was interrupted goes on with what is missing.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "dnn-lab-core/files";
import type { NotebookEvent } from "../events";
import type { Inputs, Provenance } from "../provenance";
import { digestOf } from "../references";
import { contentHash } from "./content";

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

export class Cache {
  constructor(private readonly folder: string) {}

  private path(inputs: Inputs): string {
    return join(this.folder, `${cacheKey(inputs)}.json`);
  }

  /** The entry for these inputs; undefined when there is none, or its data are not what they were. */
  find(inputs: Inputs): CacheEntry | undefined {
    const path = this.path(inputs);
    if (!existsSync(path)) return undefined;
    const entry = readEntry(path);
    const data = Object.entries(entry?.provenance.data ?? {});
    return entry && data.every(([each, hash]) => contentHash(each) === hash) ? entry : undefined;
  }

  store(inputs: Inputs, entry: CacheEntry): void {
    mkdirSync(this.folder, { recursive: true });
    const events = entry.events.filter(({ event }) => event !== "live");
    const content = { ...entry, events };
    writeFileAtomic(this.path(inputs), JSON.stringify({ ...content, digest: digestOf(content) }));
  }
}

/** A damaged entry is none. */
function readEntry(path: string): CacheEntry | undefined {
  try {
    const { digest, ...content } = JSON.parse(readFileSync(path, "utf8")) as CacheEntry & { digest: string };
    return digestOf(content) === digest ? content : undefined;
  } catch {
    return undefined;
  }
}
