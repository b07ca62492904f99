import type { AdapterParts, DebugAdapter } from "./debug/adapter";
import type { Json } from "./message";
import type { RanCell } from "./ran-cells";

/** The debugger, which is loaded with the first request for it. */
export class DebugDesk {
  private adapter: DebugAdapter | undefined;

  constructor(private readonly parts: () => AdapterParts) {}

  get isStopped(): boolean {
    return this.adapter?.isStopped ?? false;
  }

  /** The reply to a debug_request. */
  answer(request: Json): Promise<Json> {
    const { DebugAdapter: Adapter } = require("./debug/adapter") as typeof import("./debug/adapter");
    this.adapter ??= new Adapter(this.parts());
    return this.adapter.answer(request);
  }

  beforeRun(cell: RanCell): Promise<void> | undefined {
    return this.adapter?.beforeRun(cell);
  }

  release(): void {
    this.adapter?.release();
  }

  close(): void {
    this.adapter?.close();
  }
}
