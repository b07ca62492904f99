import { inspect, type InspectOptions } from "node:util";
import { Error, Object, String } from "../../intrinsics";

const OPTIONS = {
  depth: 4,
  maxArrayLength: 100,
  maxStringLength: 20_000,
  breakLength: 100,
  colors: false,
} as const;
/** Node's own defaults: what a program has set otherwise holds for values of cells as well. */
const NODES = { ...inspect.defaultOptions };

const TEXT_LIMIT_CHARS = 100_000;

/**
 * A value as `util.inspect` shows it, without colours, cut where it is very large.
 * @param own what is to be different, such as `customInspect: false`, which calls no function of the value's
 */
export function inspectText(value: unknown, own: InspectOptions = {}): string {
  try {
    return limitText(inspect(value, { ...OPTIONS, ...chosen(), ...own }));
  } catch (error) {
    return `[a value that cannot be shown: ${error instanceof Error ? error.message : String(error)}]`;
  }
}

/** What a program has set in `util.inspect.defaultOptions`. */
function chosen(): InspectOptions {
  const own = Object.entries(inspect.defaultOptions);
  return Object.fromEntries(own.filter(([name, value]) => value !== NODES[name as keyof InspectOptions]));
}

/** The same text, cut with a note of how much is missing. */
export function limitText(text: string): string {
  if (text.length <= TEXT_LIMIT_CHARS) return text;
  return `${text.slice(0, TEXT_LIMIT_CHARS)}\n… ${text.length - TEXT_LIMIT_CHARS} more characters are not shown; write them to a file, or show a part.`;
}

/** Text made safe inside HTML. Not `dnn-lab-core/html`, which uses `String`: a cell may have replaced it. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
