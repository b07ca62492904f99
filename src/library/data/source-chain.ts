/**
 * Where a data set's files are looked for, in this order: the user's data folder, the cache, the official download,
 * and last our own generated stand-in. Each data set supplies the steps; the walk and its messages are the same for all.
 */
import { process } from "../platform";
import { checkOneOf, list } from "dnn-lab-core/check";
import { informOnce, notifyOnce } from "./notice";

export const SOURCES = ["folder", "cache", "download", "generated"] as const;
/** A place that data can come from. */
export type SourceName = (typeof SOURCES)[number];
/** `auto` walks the chain; a name insists on that source. */
export type SourceChoice = "auto" | SourceName;

/** A source that has nothing to give, and why. Damaged data is no absence: it is an error, and thrown. */
export class Absent {
  /** @param notable whether the user should be told although another source will do. */
  constructor(
    readonly reason: string,
    readonly notable = true,
    /** The reason in few words, where it is no fault: without a network another source will do. */
    readonly brief?: string,
  ) {}

  /** A download that gave nothing; what happened at each address is kept for who insists on it. */
  static offline(what: string, urls: readonly string[], details: string): Absent {
    const hosts = [...new Set(urls.map((url) => new URL(url).host))].join(", ");
    return new Absent(`${what}: ${details}`, true, `${what}${hosts ? ` (asked: ${hosts})` : ""}`);
  }
}

/** Gives the data, or says why it has none. */
export type Source<T> = () => Promise<T | Absent> | T | Absent;

export interface Found<T> {
  readonly source: SourceName;
  readonly data: T;
}

/** The option when given, else the environment variable `DNN_LAB_SOURCE`, else `auto`. */
export function chosenSource(owner: string, option: SourceChoice | undefined): SourceChoice {
  const choices = ["auto", ...SOURCES] as const;
  if (option !== undefined) return checkOneOf(owner, "source", option, choices);
  return checkOneOf(owner, "the environment variable DNN_LAB_SOURCE", process.env.DNN_LAB_SOURCE || "auto", choices);
}

/** The data of the first source that has it; the reasons of those before it are shown to the user, once. */
export async function walkSources<T>(
  owner: string,
  sources: Readonly<Record<SourceName, Source<T>>>,
  choice: SourceChoice,
): Promise<Found<T>> {
  const names = choice === "auto" ? SOURCES : [choice];
  const reasons: string[] = [];
  for (const source of names) {
    const data = await sources[source]();
    if (!(data instanceof Absent)) return { source, data };
    if (choice === "auto" && data.notable) {
      if (data.brief === undefined) notifyOnce(`${owner}: ${data.reason}`);
      else informOnce(`${owner}: ${data.brief}.`);
    }
    reasons.push(data.reason);
  }
  const advice = choice === "auto" ? "" : ` Choose another source (${list(["auto", ...SOURCES])}).`;
  throw new Error(`${owner}: no data from source '${choice}': ${reasons.join("; ")}.${advice}`);
}
