import type { CheckMode } from "../language/language-api";
import type { Timing } from "./bridge";
import { inlineMagic } from "./inline-magics";
import { noteOn, refusalOf } from "./magic-list";
import { inBash, shellLines } from "./shell-lines";

/** What a cell asks for, read from its first lines. Code keeps its lines and columns: magics become spaces. */
export type CellPlan =
  | {
      readonly kind: "code";
      readonly code: string;
      readonly timing: Timing;
      readonly check?: CheckMode;
      /** What is printed first. */
      readonly notes?: readonly string[];
    }
  | { readonly kind: "check"; readonly mode: CheckMode | undefined }
  | { readonly kind: "traceback"; readonly full: boolean | undefined }
  | { readonly kind: "reset" }
  | { readonly kind: "who"; readonly types: boolean }
  | { readonly kind: "stale"; readonly marks?: boolean }
  | { readonly kind: "run-stale" }
  | { readonly kind: "list" }
  | { readonly kind: "help"; readonly topic: string; readonly level: 0 | 1 }
  | { readonly kind: "sh"; readonly script: string }
  | { readonly kind: "write"; readonly path: string; readonly text: string; readonly append: boolean }
  | { readonly kind: "show"; readonly mime: string; readonly text: string }
  | { readonly kind: "refused"; readonly message: string };

/** What may stand above a magic. */
const SPACE = String.raw`(?:\s|//[^\n]*(?:\n|$)|/\*[^]*?\*/)*`;
const MAGIC_LINE = new RegExp(String.raw`^(${SPACE})(%%?[A-Za-z_]+(?:-[a-z]+)?)\b[ \t]*([^\n]*)`);
const HELP = new RegExp(String.raw`^${SPACE}(\?\??)?\s*([\p{L}_$][\p{L}\p{N}_$.]*)?\s*(\?\??)?\s*;?\s*$`, "u");

const SHOWN: Readonly<Record<string, string>> = {
  "%%html": "text/html",
  "%%HTML": "text/html",
  "%%md": "text/markdown",
  "%%markdown": "text/markdown",
  "%%latex": "text/latex",
  "%%svg": "image/svg+xml",
  "%%SVG": "image/svg+xml",
  "%%javascript": "application/javascript",
  "%%js": "application/javascript",
};

/**
 * Reads the magics of a cell.
 * @param isName whether a name is known to TypeScript; by default those of JavaScript
 */
export function planCell(code: string, isName = (name: string): boolean => name in globalThis): CellPlan {
  const refused = tslabMetadata(code);
  if (refused !== undefined) return { kind: "refused", message: refused };
  const script = shellLines(code, isName);
  if (script !== undefined) return { kind: "sh", script };
  return helpAsked(code) ?? planMagics(code);
}

/** `name?`, `name??`, `?name`, `?`. */
function helpAsked(code: string): CellPlan | undefined {
  const match = HELP.exec(code);
  if (match === null) return undefined;
  const [, before = "", topic = "", after = ""] = match;
  if (before + after === "") return undefined;
  return { kind: "help", topic, level: before === "??" || after === "??" || topic === "" ? 1 : 0 };
}

function planMagics(code: string): CellPlan {
  let rest = code;
  let done = "";
  let timing: Timing = "none";
  let check: CheckMode | undefined;
  const notes: string[] = [];
  for (let match = MAGIC_LINE.exec(rest); match !== null; match = MAGIC_LINE.exec(rest)) {
    const [whole, space, magic, argument] = match as unknown as [string, string, string, string];
    const after = rest.slice(whole.length);
    const line = argument.trim();
    if (/^%%?time(?:it)?$/.test(magic)) {
      timing = magic.endsWith("timeit") ? "timeit" : "time";
      const taken = whole.length - argument.length;
      done += space + spaces(rest.slice(space.length, taken));
      rest = rest.slice(taken);
      if (argument !== "") break;
      continue;
    }
    if (magic === "%check") {
      if (line !== "" && line !== "off" && line !== "warn" && line !== "error") {
        return { kind: "refused", message: `%check expects off, warn or error, received "${line}".` };
      }
      const mode = line === "" ? undefined : line;
      if (isNothing(after) && timing === "none") return { kind: "check", mode };
      check = mode;
    } else if (noteOn(magic) !== undefined) notes.push(noteOn(magic) as string);
    else {
      const inline = inlineMagic(magic, line);
      if (inline === undefined) return otherMagic(magic, line, after, done + space);
      if ("refused" in inline) return { kind: "refused", message: inline.refused };
      done += space + inline.code;
      rest = after;
      continue;
    }
    done += space + spaces(whole.slice(space.length));
    rest = after;
  }
  return {
    kind: "code",
    code: done + rest,
    timing,
    ...(check === undefined ? {} : { check }),
    ...(notes.length === 0 ? {} : { notes }),
  };
}

/** Magics that have the cell for themselves. */
function otherMagic(magic: string, line: string, after: string, before: string): CellPlan {
  const body = after.replace(/^\r?\n/, "");
  const text = line === "" ? body : `${line}\n${body}`;
  const plan = magic.startsWith("%%") ? cellMagic(magic, line, body, text) : lineMagic(magic, line);
  if (plan === undefined) return { kind: "refused", message: refusalOf(magic) };
  const isAlone = isNothing(before) && (magic.startsWith("%%") || isNothing(after));
  return isAlone ? plan : { kind: "refused", message: `${magic} must be alone in its cell.` };
}

function cellMagic(magic: string, line: string, body: string, text: string): CellPlan | undefined {
  const mime = SHOWN[magic];
  if (mime !== undefined) return { kind: "show", mime, text };
  if (magic === "%%sh") return { kind: "sh", script: text };
  if (magic === "%%bash") return { kind: "sh", script: inBash(text) };
  if (magic !== "%%writefile") return undefined;
  const [, append, path = ""] = /^(-a\s+|--append\s+)?(.*)$/.exec(line) as unknown as [string, string?, string?];
  if (path === "") return { kind: "refused", message: "%%writefile expects a file: %%writefile file.ts" };
  return {
    kind: "write",
    path: path.replace(/^(["'])(.*)\1$/, "$2").replaceAll("\\ ", " "),
    text: body,
    append: append !== undefined,
  };
}

function lineMagic(magic: string, line: string): CellPlan | undefined {
  switch (magic) {
    case "%reset":
      return { kind: "reset" };
    case "%who":
    case "%who_ls":
      return { kind: "who", types: false };
    case "%whos":
      return { kind: "who", types: true };
    case "%stale":
      return staleMagic(line);
    case "%run-stale":
    case "%run_stale":
      return { kind: "run-stale" };
    case "%lsmagic":
      return { kind: "list" };
    case "%help":
    case "%magic":
    case "%quickref":
      return { kind: "help", topic: line, level: 1 };
    case "%traceback":
      return tracebackMagic(line);
    case "%npm":
      return { kind: "sh", script: `npm ${line}` };
    default:
      return undefined;
  }
}

function tracebackMagic(line: string): CellPlan {
  if (line !== "" && line !== "full" && line !== "short")
    return { kind: "refused", message: `%traceback expects full or short, received "${line}".` };
  return { kind: "traceback", full: line === "" ? undefined : line === "full" };
}

function staleMagic(line: string): CellPlan {
  if (line === "") return { kind: "stale" };
  if (line !== "on" && line !== "off")
    return { kind: "refused", message: `%stale expects on, off or nothing, received "${line}".` };
  return { kind: "stale", marks: line === "on" };
}

/** Nothing but space and comments. */
function isNothing(text: string): boolean {
  return new RegExp(`^${SPACE}$`).test(text);
}

/** The same text with everything but line ends turned into spaces. */
function spaces(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

/** Why a cell for stock tslab cannot run: its metadata is a doc comment with nothing but the tag. */
function tslabMetadata(code: string): string | undefined {
  const comment = /^\s*(?:\/\/[^\n]*\n\s*)*\/\*\*([^]*?)\*\//
    .exec(code)?.[1]
    ?.replace(/^[\s*]+|[\s*]+$/gm, " ")
    .trim();
  if (comment !== undefined && /^@module\s+[\w./-]+$/.test(comment)) {
    return "tslab's @module cells are not supported: save the code as a .ts file beside the notebook (%%writefile) and import it, it is read again whenever it changes.";
  }
  if (comment !== undefined && /^@browser\b(?:[\s,]*@module\s+[\w./-]+)?$/.test(comment)) {
    return "tslab's @browser cells are not supported: cells run in Node.js. %%javascript runs code in the page.";
  }
  return undefined;
}
