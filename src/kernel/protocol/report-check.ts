import type { FromMain } from "./bridge";

type Kind = "string" | "number" | "boolean" | "error" | "texts" | "bytes";
type Shape = Readonly<Record<string, Kind | `${Kind}?`>>;

const SHAPES: Readonly<Record<FromMain["type"], Shape>> = {
  stream: { cell: "string", name: "string", text: "string" },
  output: { cell: "string", kind: "string", content: "string" },
  error: { cell: "string", error: "error" },
  done: { cell: "string", expressions: "texts", error: "error?", errorShown: "boolean?", result: "string?" },
  comm: {
    kind: "string",
    cell: "string",
    id: "string",
    target: "string",
    content: "string",
    metadata: "string",
    buffers: "bytes",
  },
  "comm-handled": { cell: "string" },
  peeked: { id: "number", text: "string?" },
  input: { cell: "string", prompt: "string", password: "boolean" },
  exit: { cell: "string", code: "number", asked: "boolean" },
  ready: {},
};

/** What is wrong with a report of the main thread, which shares its memory with user code; undefined when nothing is. */
export function wrongReport(report: unknown): string | undefined {
  const fields = (report ?? {}) as Record<string, unknown>;
  const type = String(fields["type"]);
  if (!Object.hasOwn(SHAPES, type)) return `there is no report of type ${type}`;
  for (const [name, kind] of Object.entries(SHAPES[type as FromMain["type"]])) {
    if (kind.endsWith("?") && fields[name] === undefined) continue;
    if (!CHECKS[kind.replace("?", "") as Kind](fields[name])) return `${type}.${name} is no ${kind.replace("?", "")}`;
  }
  return undefined;
}

const isText = (value: unknown): boolean => typeof value === "string";

const CHECKS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  string: isText,
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  texts: (value) => typeof value === "object" && value !== null && Object.values(value).every(isText),
  bytes: (value) => Array.isArray(value) && value.every((part) => part instanceof Uint8Array),
  error: (value) => {
    const { ename, evalue, traceback } = (value ?? {}) as Record<string, unknown>;
    return isText(ename) && isText(evalue) && Array.isArray(traceback) && traceback.every(isText);
  },
};
