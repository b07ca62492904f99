import { delay } from "dnn-lab-core/delay";
import { LANGUAGE_SERVER_VARIABLE } from "dnn-lab-core/language-server-variable";
import type {
  CellSource,
  CellUses,
  CompiledCell,
  Completeness,
  Completion,
  Inspection,
  LanguageApi,
  LanguageOptions,
  LanguageReply,
  LanguageRequest,
} from "../language/language-api";
import { type LanguageLink, languageServer, languageThread } from "./language-link";

interface Call {
  readonly request: LanguageRequest;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The language service in its own thread, or in the server that a batch of notebooks shares. The first call starts it;
 * should it die (out of memory), the next call starts another one, always a thread, and tells it the cells so far.
 */
export class LanguageClient {
  private link: LanguageLink | undefined;
  private readonly calls = new Map<number, Call>();
  private readonly committed: { id: string; code: string }[] = [];
  private readonly compiled = new Map<string, string>();
  private count = 0;
  /** True once types are loaded, so that checks are fast. */
  ready = false;

  /**
   * @param options with `quick` it is a thread of its own
   * @param server socket of a language server; undefined: a thread
   */
  constructor(
    private readonly options: LanguageOptions,
    private server = options.quick === true ? undefined : process.env[LANGUAGE_SERVER_VARIABLE],
  ) {}

  /** Whether types are loaded elsewhere, for all notebooks of a batch. */
  get isShared(): boolean {
    return this.server !== undefined;
  }

  /** Starts the thread and lets it load TypeScript and its types, which takes the better part of a second. */
  async warmUp(): Promise<void> {
    await this.call("warmUp", []).catch(() => undefined);
    this.ready = true;
  }

  compile(cell: CellSource): Promise<CompiledCell> {
    this.compiled.set(cell.id, cell.code);
    return this.call("compile", [cell]);
  }

  /** Makes the declarations of a compiled cell known to later cells. */
  commit(id: string): Promise<void> {
    const code = this.compiled.get(id);
    this.compiled.clear();
    if (code !== undefined) this.committed.push({ id, code });
    return this.call("commit", [id]);
  }

  /** Tells that a committed cell ended in an error. */
  failed(id: string): Promise<void> {
    return this.call("failed", [id]);
  }

  complete(code: string, cursor: number): Promise<Completion> {
    return this.call("complete", [code, cursor]);
  }

  inspect(code: string, cursor: number, detailLevel: 0 | 1): Promise<Inspection | null> {
    return this.call("inspect", [code, cursor, detailLevel]);
  }

  isComplete(code: string): Promise<Completeness> {
    return this.call("isComplete", [code]);
  }

  uses(code: string): Promise<CellUses> {
    return this.call("uses", [code]);
  }

  reset(): Promise<void> {
    this.committed.length = 0;
    return this.call("reset", []);
  }

  /** Ends the service once it has answered what it was asked. */
  async stop(): Promise<void> {
    while (this.calls.size > 0) await delay(10);
    const link = this.link;
    this.link = undefined;
    await link?.close();
  }

  private call<T>(method: keyof LanguageApi, args: unknown[]): Promise<T> {
    this.count += 1;
    const request = { id: this.count, method, args };
    return new Promise<T>((resolve, reject) => this.ask({ request, resolve: resolve as Call["resolve"], reject }));
  }

  private ask(call: Call): void {
    this.calls.set(call.request.id, call);
    this.link ??= this.open();
    this.link.send(call.request);
  }

  private open(): LanguageLink {
    const events = {
      onReply: (reply: LanguageReply) => this.settle(reply),
      onLost: (error: Error) => this.lost(link, error),
    };
    const link: LanguageLink =
      this.server === undefined
        ? languageThread(this.options, events)
        : languageServer(this.server, this.options.cwd, events);
    return link;
  }

  private settle(answer: LanguageReply): void {
    const call = this.calls.get(answer.id);
    this.calls.delete(answer.id);
    if ("error" in answer && answer.error !== undefined) call?.reject(new Error(answer.error));
    else call?.resolve((answer as { result: unknown }).result as never);
  }

  private lost(link: LanguageLink, error: Error): void {
    if (this.link !== link) return;
    this.link = undefined;
    const unanswered = [...this.calls.values()];
    this.calls.clear();
    // A thread may have died of what it was asked; a server of anything.
    const again = this.server === undefined ? [] : unanswered;
    this.server = undefined;
    if (again.length === 0) for (const call of unanswered) call.reject(error);
    for (const { id, code } of this.committed.splice(0)) {
      void this.compile({ id, code, check: "off" }).catch(() => undefined);
      void this.commit(id).catch(() => undefined);
    }
    for (const call of again) this.ask(call);
  }
}
