/** The results that came along with a submission. They are claims: nothing but numbers and names is taken from them. */
import { isRecord } from "dnn-lab-core/objects";
import type { RunFacts } from "dnn-lab-notebooks";
import type { Claimed, Metrics } from "./handed-in";

type Data = RunFacts["data"][number];

const text = (value: unknown): string => (typeof value === "string" ? value.slice(0, 500) : "");

function dataIn(value: unknown): Data[] {
  if (!isRecord(value) || typeof value.name !== "string") return [];
  const { name, source, fingerprint } = value;
  return [{ ...value, name: text(name), source: text(source), fingerprint: text(fingerprint) } as unknown as Data];
}

/** What a program says that its run depended on; null for what does not read so. Whoever says it may say anything. */
export function factsIn(value: unknown): RunFacts | null {
  if (!isRecord(value) || !Array.isArray(value.data)) return null;
  const { engine } = value;
  const known = typeof engine === "string" ? { engine: text(engine) } : {};
  return { ...known, data: value.data.slice(0, 100).flatMap(dataIn) } as unknown as RunFacts;
}

/** The claims in `results.json`; undefined when there is none that can be read. */
export function claimedIn(bytes: Uint8Array | undefined): Claimed | undefined {
  if (!bytes) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const metrics = isRecord(value.metrics) ? Object.entries(value.metrics) : [];
  const numbers = metrics.filter(([, number]) => typeof number === "number");
  return { metrics: Object.fromEntries(numbers) as Metrics, facts: factsIn(value.facts) };
}
