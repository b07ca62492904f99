import type { Json } from "./message";
import type { ToMain } from "./bridge";

const PEEK_MS = 150;
/** Figures and images take a while to be drawn. */
const SHOW_MS = 5_000;

/** Asks the main thread for the present value of an expression; undefined when it has none, or no time. */
export class Peeks {
  private readonly waiting = new Map<number, (text: string | undefined) => void>();
  private count = 0;

  constructor(private readonly post: (work: ToMain) => void) {}

  /** The value as text. */
  text(expression: string): Promise<string | undefined> {
    return this.ask(expression, false, PEEK_MS);
  }

  /** All its representations, by MIME type. */
  async bundle(expression: string): Promise<Json | undefined> {
    const text = await this.ask(expression, true, SHOW_MS);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  }

  /** The main thread has answered. */
  answered(id: number, text: string | undefined): void {
    this.waiting.get(id)?.(text);
  }

  private ask(expression: string, whole: boolean, limitMs: number): Promise<string | undefined> {
    const id = (this.count += 1);
    let timer: NodeJS.Timeout | undefined;
    return new Promise<string | undefined>((resolve) => {
      this.waiting.set(id, resolve);
      timer = setTimeout(() => resolve(undefined), limitMs);
      this.post({ type: "peek", id, expression, whole });
    }).finally(() => {
      clearTimeout(timer);
      this.waiting.delete(id);
    });
  }
}
