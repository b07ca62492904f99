import type { CheckMode } from "../language/api";
import type { Timing } from "./bridge";

/** What a cell asks for, read from its first lines. Code keeps its lines and columns: magics become spaces. */
export type Plan =
  | { readonly kind: "code"; readonly code: string; readonly timing: Timing; readonly check?: CheckMode }
  | { readonly kind: "check"; readonly mode: CheckMode | undefined }
  | { readonly kind: "traceback"; readonly full: boolean | undefined }
  | { readonly kind: "reset" }
  | { readonly kind: "help"; readonly topic: string }
  | { readonly kind: "sh"; readonly script: string }
  | { readonly kind: "show"; readonly mime: "text/html" | "text/markdown"; readonly text: string }
  | { readonly kind: "refused"; readonly message: string };

/** All magics, for `%help` and for errors. */
export const MAGICS: readonly { readonly name: string; readonly use: string }[] = [
  { name: "%time", use: "`%time code` runs the cell once and prints how long it took" },
  { name: "%timeit", use: "`%timeit code` runs the code repeatedly and prints mean and deviation" },
  { name: "%check", use: "`%check off|warn|error` before code: for this cell; alone: for the notebook" },
  {
    name: "%traceback",
    use: "`%traceback full` shows all frames of packages and of Node in errors, `short` folds them",
  },
  { name: "%reset", use: "`%reset` forgets all names and types of the notebook" },
  { name: "%%sh", use: "`%%sh` runs the rest of the cell in the shell" },
  { name: "%%html", use: "`%%html` shows the rest of the cell as HTML" },
  { name: "%%md", use: "`%%md` shows the rest of the cell as Markdown" },
  { name: "%help", use: "`%help` lists what there is; `%help name` documents a name" },
];

const MAGIC_LINE = /^(\s*)(%%?[A-Za-z]+)\b[ \t]*([^\n]*)/;
const TSLAB_METADATA = /^\s*(?:\/\/[^\n]*\n\s*)*\/\*\*[^]*?@(module|browser|jsx)\b[^]*?\*\//;

/** Reads the magics of a cell. */
export function planCell(code: string): Plan {
  const metadata = TSLAB_METADATA.exec(code);
  if (metadata !== null) return { kind: "refused", message: tslabMetadata(metadata[1] as string) };
  let rest = code;
  let blank = "";
  let timing: Timing = "none";
  let check: CheckMode | undefined;
  for (let match = MAGIC_LINE.exec(rest); match !== null; match = MAGIC_LINE.exec(rest)) {
    const [whole, space, magic, argument] = match as unknown as [string, string, string, string];
    const after = rest.slice(whole.length);
    const line = argument.trim();
    if (magic === "%time" || magic === "%timeit" || magic === "%%time" || magic === "%%timeit") {
      timing = magic.endsWith("timeit") ? "timeit" : "time";
      const taken = whole.length - argument.length;
      blank += spaces(rest.slice(0, taken));
      rest = rest.slice(taken);
      if (argument !== "") break;
      continue;
    }
    if (magic === "%check") {
      if (line !== "" && line !== "off" && line !== "warn" && line !== "error") {
        return { kind: "refused", message: `%check expects off, warn or error, received "${line}".` };
      }
      const mode = line === "" ? undefined : line;
      if (after.trim() === "" && timing === "none") return { kind: "check", mode };
      check = mode;
      blank += spaces(whole);
      rest = after;
      continue;
    }
    return otherMagic(magic, line, after, blank + space);
  }
  return { kind: "code", code: blank + rest, timing, ...(check === undefined ? {} : { check }) };
}

function otherMagic(magic: string, line: string, after: string, before: string): Plan {
  if (before.trim() !== "" || !["%reset", "%help", "%traceback", "%%sh", "%%html", "%%md"].includes(magic)) {
    const known = MAGICS.map(({ name }) => name).join(", ");
    return { kind: "refused", message: `There is no magic ${magic}. The magics are ${known}; see %help.` };
  }
  const body = after.replace(/^\n/, "");
  if (magic === "%%sh") return { kind: "sh", script: line === "" ? body : `${line}\n${body}` };
  if (magic === "%%html" || magic === "%%md") {
    return {
      kind: "show",
      mime: magic === "%%md" ? "text/markdown" : "text/html",
      text: line === "" ? body : `${line}\n${body}`,
    };
  }
  if (after.trim() !== "") return { kind: "refused", message: `${magic} must be alone in its cell.` };
  if (magic === "%traceback") {
    if (!["", "full", "short"].includes(line))
      return { kind: "refused", message: `%traceback expects full or short, received "${line}".` };
    return { kind: "traceback", full: line === "" ? undefined : line === "full" };
  }
  return magic === "%reset" ? { kind: "reset" } : { kind: "help", topic: line };
}

/** The same text with everything but line ends turned into spaces. */
function spaces(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function tslabMetadata(tag: string): string {
  if (tag === "module") {
    return "tslab's @module cells are not supported: save the code as a .ts file beside the notebook and import it, it is read again whenever it changes.";
  }
  if (tag === "browser") {
    return "tslab's @browser cells are not supported: cells run in Node.js. Use html`<script>…</script>` to run code in the page.";
  }
  return "tslab's @jsx cells are not supported: remove the @jsx comment; JSX needs a .tsx file that is imported.";
}
