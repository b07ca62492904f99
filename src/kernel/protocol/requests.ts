import { commEvent, type CommTable } from "./comm-table";
import type { CommEvent } from "./bridge";
import type { DebugDesk } from "./debug-desk";
import type { ExecutionQueue } from "./execution-queue";
import type { InputHistory } from "./input-history";
import { kernelInfo } from "./kernel-info";
import type { Completion } from "../language/language-api";
import type { LanguageClient } from "./language-client";
import { withLiveMatches } from "./live-completion";
import { MAGICS } from "./magic-list";
import { planCell } from "./cell-plan";
import type { Json, Received } from "./message";
import { SUBSHELL_ANSWERS } from "./subshells";
import type { ValueReader } from "./value-reader";

/** What the requests of the shell channel need. */
export interface RequestParts {
  readonly executions: ExecutionQueue;
  readonly language: LanguageClient;
  readonly history: InputHistory;
  readonly comms: CommTable;
  readonly values: ValueReader;
  readonly debug: DebugDesk;
  postComm(event: CommEvent): void;
  /** The present value of an expression, as text, when the main thread can say so soon. */
  peek(expression: string): Promise<string | undefined>;
}

/** The content of the reply; its type is the request's with `_reply`. */
type Answer = (content: Json, request: Received) => Json | Promise<Json>;

/** The requests that are answered at once, even while a cell runs. */
export function answers(parts: RequestParts): Readonly<Record<string, Answer>> {
  return {
    kernel_info_request: () => kernelInfo(),
    complete_request: (content) => complete(parts, content),
    inspect_request: (content) => inspect(parts, content),
    is_complete_request: (content) => isComplete(parts, content),
    history_request: (content) => ({ status: "ok", history: parts.history.query(content) }),
    comm_info_request: (content) => parts.comms.info(content["target_name"]),
    debug_request: (content) => parts.debug.answer(content),
    ...SUBSHELL_ANSWERS,
    // Of our own: values for a grader, read from outside of the thread in which cells run.
    read_values_request: (content) => readValues(parts, content),
  };
}

async function readValues({ executions, values, language }: RequestParts, content: Json): Promise<Json> {
  if (executions.running !== undefined) throw new Error("values are read between cells, and a cell is running");
  return values.read(content, (expression) => asCellsHaveIt(language, expression));
}

/** An expression in which the notebook's names are called what the code that runs calls them. */
export async function asCellsHaveIt(language: LanguageClient, expression: string): Promise<string> {
  const cell = await language.compile({ id: "expression", code: `(${expression}\n)`, check: "off" });
  // What is no expression gets V8's own message.
  return cell.syntaxError ? expression : cell.code;
}

async function complete({ language }: RequestParts, content: Json): Promise<Json> {
  const { code, cursor } = codeAndCursor(content);
  const { matches, cursorStart, cursorEnd, types } =
    completeMagic(code, cursor) ??
    (await withLiveMatches(code, cursor, await language.complete(code, cursor), (name) =>
      asCellsHaveIt(language, name),
    ));
  return {
    status: "ok",
    matches,
    cursor_start: cursorStart,
    cursor_end: cursorEnd,
    metadata: { _jupyter_types_experimental: types },
  };
}

/** The magics that begin with what stands between the beginning of the line and the cursor. */
function completeMagic(code: string, cursor: number): Completion | undefined {
  const line = [...code].slice(0, cursor).join("").split("\n").at(-1) as string;
  const typed = /^\s*(%%?\w*)$/.exec(line)?.[1];
  if (typed === undefined) return undefined;
  const matches = MAGICS.map(({ name }) => name).filter((name) => name.startsWith(typed));
  const start = cursor - typed.length;
  const types = matches.map((text) => ({ text, type: "magic", start, end: cursor }));
  return { matches, cursorStart: start, cursorEnd: cursor, types };
}

async function inspect({ language, peek }: RequestParts, content: Json): Promise<Json> {
  const { code, cursor } = codeAndCursor(content);
  const found = await language.inspect(code, cursor, content["detail_level"] === 1 ? 1 : 0);
  if (found === null) return { status: "ok", found: false, data: {}, metadata: {} };
  const expression = expressionAt(code, cursor);
  const value = expression === undefined ? undefined : await peek(await asCellsHaveIt(language, expression));
  const data: Json = { "text/plain": found.text, "text/markdown": found.markdown };
  if (value !== undefined) {
    data["text/plain"] = `${found.text}\n\nValue: ${value}`;
    data["text/markdown"] = `${found.markdown}\n\nValue:\n\n\`\`\`\n${value}\n\`\`\``;
  }
  return { status: "ok", found: true, data, metadata: {} };
}

async function isComplete({ language }: RequestParts, content: Json): Promise<Json> {
  const code = String(content["code"] ?? "");
  // Magics are no TypeScript; a cell magic ends with an empty line.
  if (/^\s*%%/.test(code)) return code.endsWith("\n") ? { status: "complete" } : { status: "incomplete", indent: "" };
  const plan = planCell(code);
  if (plan.kind !== "code") return { status: "complete" };
  const { status, indent } = await language.isComplete(plan.code);
  return status === "incomplete" ? { status, indent } : { status };
}

function codeAndCursor(content: Json): { code: string; cursor: number } {
  const { code, cursor_pos: cursor } = content;
  if (typeof code !== "string") throw new TypeError(`code must be a string, received ${typeof code}`);
  const length = [...code].length;
  return { code, cursor: Number.isInteger(cursor) ? Math.max(0, Math.min(cursor as number, length)) : length };
}

/** The name, or the path of names such as `model.layers`, at a cursor counted in code points. */
function expressionAt(code: string, cursor: number): string | undefined {
  const letters = [...code];
  const before = /[\p{ID_Continue}$.]*$/u.exec(letters.slice(0, cursor).join(""))?.[0] ?? "";
  const after = /^[\p{ID_Continue}$]*/u.exec(letters.slice(cursor).join(""))?.[0] ?? "";
  const path = before + after;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*(\.[\p{ID_Start}$_][\p{ID_Continue}$]*)*$/u.test(path) ? path : undefined;
}

/** The three comm messages have no reply; they are handled while a cell awaits. */
export function handleComm({ comms, postComm }: RequestParts, request: Received): void {
  const event = commEvent(request);
  const { comm_id: id, target_name: target } = event.content;
  comms.track({ kind: event.kind, id: String(id), target: String(target) });
  postComm(event);
}
