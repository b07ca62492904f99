import { JSON, Math, String, TypeError } from "../intrinsics";

/** `\\` as a whole, so that the second backslash of a pair begins nothing; or half of a surrogate pair. */
const HALF_PAIR = /\\(?:\\|u(d[89a-f][0-9a-f]{2}))/g;

/** Python's parser, which Jupyter uses, gives up at about a thousand levels; some packages at 254. */
const MOST_LEVELS = 250;

/**
 * The JSON text of a value. Half of a surrogate pair (`"👍"[0]`) becomes U+FFFD: Python's Jupyter would read it, and then fail to
 * save the notebook. Throws a `TypeError` that says what cannot be JSON (`what` names it), and whatever the value's own `toJSON`
 * and getters throw.
 */
export function jsonText(value: unknown, what = "the value"): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value) as string | undefined;
  } catch (error) {
    throw explained(error, what);
  }
  if (text === undefined) throw new TypeError(`${what} must be JSON, received ${typeof value}.`);
  if (levelsOf(text) > MOST_LEVELS) throw tooDeep(what);
  if (!text.includes("\\ud")) return text;
  return text.replace(HALF_PAIR, (found: string, half: string | undefined) => (half === undefined ? found : "\ufffd"));
}

/** The reasons that JSON itself gives, with a way out; errors of the user's own code stay as they are. */
function explained(error: unknown, what: string): unknown {
  const message = String((error as { message?: unknown } | null)?.message);
  if (message.startsWith("Do not know how to serialize a BigInt"))
    return new TypeError(`${what} holds a BigInt, which JSON does not have. Convert it first: Number(x) or String(x).`);
  if (message.startsWith("Converting circular structure"))
    return new TypeError(`${what} refers to itself, which JSON cannot do (${message.split("\n")[0]}).`);
  if (message.startsWith("Maximum call stack size exceeded")) return tooDeep(what);
  if (message.startsWith("Invalid string length")) return new TypeError(`${what} is too large for one message.`);
  return error;
}

function tooDeep(what: string): Error {
  return new TypeError(`${what} is nested more than ${MOST_LEVELS} levels deep, which front ends cannot read.`);
}

/** How deep the arrays and objects of a JSON text are nested. */
function levelsOf(json: string): number {
  let level = 0;
  let most = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at);
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) most = Math.max(most, (level += 1));
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) level -= 1;
  }
  return most;
}

const [QUOTE, BACKSLASH, OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];

/** The position of the quote that ends the string which begins at `start`. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
}
