/** Completion from what is there at run time, where types say nothing: members of `any` values, keys of records, files. */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Completion } from "../language/language-api";

const WAIT_MS = 250;
const MOST_NAMES = 1_000;

const NAME = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`;
const STEP = String.raw`\.${NAME}|\[\d+\]|\["[^"\\\n]*"\]|\['[^'\\\n]*'\]`;
/** `a.b[0].wo` and `a.b["wo`, where the last word is what is being typed. */
const MEMBER = new RegExp(
  String.raw`(?<![\p{ID_Continue}$.)\]"'])(${NAME})((?:${STEP})*)\??\.([\p{ID_Continue}$]*)$`,
  "u",
);
const KEY = new RegExp(String.raw`(?<![\p{ID_Continue}$.)\]"'])(${NAME})((?:${STEP})*)\[(["'])([^"'\\\n]*)$`, "u");

/**
 * Looks at a value without running any code of the program's: property by property, and V8 refuses whatever could have an effect.
 * Gives `name kind` for each member, in lines; for `keys` the columns of a frame or the value's own keys.
 */
const READ = `((value, path, keys, most) => {
  const find = (object, key) => {
    for (let depth = 0; object !== null && object !== undefined && depth < 20; depth++) {
      const found = Object.getOwnPropertyDescriptor(object, key);
      if (found !== undefined) return found;
      object = Object.getPrototypeOf(object);
    }
  };
  for (let i = 0; i < path.length; i++) {
    const found = find(value, path[i]);
    if (found === undefined || !("value" in found)) return "";
    value = found.value;
  }
  if (value === null || value === undefined || (typeof value !== "object" && typeof value !== "function")) return "";
  let text = "", count = 0;
  const add = (name, kind) => { if (count++ < most) text += name + "\\t" + kind + "\\n"; };
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  if (keys) {
    const columns = find(value, "$columns") ?? find(value, "columns");
    if (columns !== undefined && Array.isArray(columns.value)) {
      for (let i = 0; i < columns.value.length; i++) add(columns.value[i], "column");
    } else if (!isList) {
      const names = Object.getOwnPropertyNames(value);
      for (let i = 0; i < names.length; i++) add(names[i], "key");
    }
    return text;
  }
  for (let object = value, depth = 0; object !== null && depth < 20; depth++, object = Object.getPrototypeOf(object)) {
    if (isList && depth === 0) continue;
    if (object === Object.prototype && count > 0) break;
    const names = Object.getOwnPropertyNames(object);
    for (let i = 0; i < names.length && count < most; i++) {
      const found = Object.getOwnPropertyDescriptor(object, names[i]);
      if (names[i] !== "constructor") add(names[i], typeof found.value === "function" ? "method" : "property");
    }
  }
  return text;
})`;

interface Asked {
  readonly root: string;
  readonly path: readonly (string | number)[];
  readonly typed: string;
  readonly keys: boolean;
}

interface Member {
  readonly name: string;
  readonly kind: string;
}

/** What to look at for the text before the cursor; undefined when it is no path of names. */
function askedFor(before: string): Asked | undefined {
  const key = KEY.exec(before);
  if (key !== null) return { root: key[1]!, path: stepsOf(key[2]!), typed: key[4]!, keys: true };
  const member = MEMBER.exec(before);
  return member === null ? undefined : { root: member[1]!, path: stepsOf(member[2]!), typed: member[3]!, keys: false };
}

function stepsOf(text: string): (string | number)[] {
  return [...text.matchAll(new RegExp(STEP, "gu"))].map(([step]) => {
    if (step.startsWith(".")) return step.slice(1);
    const inner = step.slice(1, -1);
    return /^\d+$/.test(inner) ? Number(inner) : inner.slice(1, -1);
  });
}

async function membersOf({ root, path, keys }: Asked, asRun: (name: string) => Promise<string>): Promise<Member[]> {
  const { MainThread } = require("./debug/remote") as typeof import("./debug/remote");
  const thread = new MainThread();
  try {
    const expression = `${READ}(${await asRun(root)}, ${JSON.stringify(path)}, ${keys}, ${MOST_NAMES})`;
    const read = thread.value("Runtime.evaluate", { expression, throwOnSideEffect: true, returnByValue: true });
    // Native code that runs is not waited for.
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((done) => (timer = setTimeout(() => done(undefined), WAIT_MS)));
    const found = await Promise.race([read.catch(() => undefined), late]).finally(() => clearTimeout(timer));
    const lines = String(found?.value ?? "")
      .split("\n")
      .filter(Boolean);
    return lines.map((line) => ({
      name: line.slice(0, line.lastIndexOf("\t")),
      kind: line.slice(line.lastIndexOf("\t") + 1),
    }));
  } finally {
    thread.disconnect();
  }
}

/** The text of the string in which the cursor stands, if it stands in one on this line. */
function openString(line: string): string | undefined {
  let quote = "";
  let start = 0;
  for (let at = 0; at < line.length; at += 1) {
    const sign = line[at] as string;
    if (quote === "" && line.startsWith("//", at)) return undefined;
    if (sign === "\\") at += 1;
    else if (quote === "" && /["'`]/.test(sign)) [quote, start] = [sign, at + 1];
    else if (sign === quote) quote = "";
  }
  return quote === "" ? undefined : line.slice(start);
}

/** Files and folders whose path begins with a text, as they would go on. */
function filesFor(text: string): { names: Member[]; typed: string } {
  const folder = text.replace(/[^/]*$/, "");
  const typed = text.slice(folder.length);
  try {
    const entries = readdirSync(resolve(process.cwd(), folder === "" ? "." : folder), { withFileTypes: true });
    const names = entries
      .filter(({ name }) => name.startsWith(typed) && (typed.startsWith(".") || !name.startsWith(".")))
      .slice(0, MOST_NAMES)
      .map((entry) =>
        entry.isDirectory() ? { name: join(entry.name, "/"), kind: "folder" } : { name: entry.name, kind: "file" },
      );
    return { names: names.sort((a, b) => (a.name < b.name ? -1 : 1)), typed };
  } catch {
    // There is no such folder.
    return { names: [], typed };
  }
}

function completion(members: readonly Member[], typed: string, cursor: number): Completion {
  const start = cursor - [...typed].length;
  const types = members.map(({ name, kind }) => ({ text: name, type: kind, start, end: cursor }));
  return { matches: members.map(({ name }) => name), cursorStart: start, cursorEnd: cursor, types };
}

/**
 * Adds to what types propose what is there at run time.
 * @param asRun gives the expression for a name of the notebook
 */
export async function withLiveMatches(
  code: string,
  cursor: number,
  typed: Completion,
  asRun: (name: string) => Promise<string>,
): Promise<Completion> {
  const before = [...code].slice(0, cursor).join("");
  const asked = askedFor(before);
  if (asked !== undefined && (asked.keys || typed.matches.length === 0)) {
    const isName = (name: string): boolean => new RegExp(`^${NAME}$`, "u").test(name);
    const wanted = ({ name }: Member): boolean =>
      name.toLowerCase().startsWith(asked.typed.toLowerCase()) && (asked.keys || isName(name));
    const members = (await membersOf(asked, asRun)).filter(wanted);
    const live = completion(unique(members), asked.typed, cursor);
    if (live.matches.length > 0) return asked.keys ? joined(live, typed) : live;
  }
  if (typed.matches.length > 0) return typed;
  const text = openString(before.split("\n").at(-1) as string);
  if (text === undefined || (asked?.keys ?? false)) return typed;
  const { names, typed: partOfName } = filesFor(text);
  return names.length > 0 ? completion(names, partOfName, cursor) : typed;
}

function unique(members: readonly Member[]): Member[] {
  return [...new Map(members.map((member) => [member.name, member])).values()];
}

/** What is there first, then what types know, where both replace the same text. */
function joined(live: Completion, typed: Completion): Completion {
  if (typed.cursorStart !== live.cursorStart) return live;
  const others = typed.types.filter(({ text }) => !live.matches.includes(text));
  return { ...live, matches: [...live.matches, ...others.map(({ text }) => text)], types: [...live.types, ...others] };
}
