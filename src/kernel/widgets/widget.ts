import { host, type HostComm } from "./host";
import { Listeners } from "./listeners";
import { packState, unpackState, type BufferPath } from "./packed-state";

/** The version of the widgets' message protocol; front ends refuse a comm without it. */
const PROTOCOL = "2.1.0";
/** State that changes faster is sent together. */
const THROTTLE_MS = 20;

/** State of a widget, by the names that the front end has for its parts. */
export type State = Record<string, unknown>;

/** The classes of a widget in the front end. */
export interface FrontEndClass {
  readonly module: string;
  readonly version: string;
  readonly model: string;
  /** Absent for what is not seen: layouts, links. */
  readonly view?: string;
}

/** A model that the front end mirrors: state is the same on both sides. */
export class Widget {
  private readonly comm: HostComm;
  private readonly state: State;
  private readonly listeners = new Listeners<[changed: Readonly<State>]>();
  private readonly customListeners = new Listeners<[content: unknown, buffers: readonly Uint8Array[]]>();
  private readonly unsent = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor({ module, version, model, view }: FrontEndClass, state: Readonly<State>) {
    this.state = {
      _model_module: module,
      _model_module_version: version,
      _model_name: model,
      _view_module: module,
      _view_module_version: version,
      _view_name: view ?? null,
      ...(view === undefined ? {} : { _view_count: null }),
      ...state,
    };
    const packed = packState(this.state);
    this.comm = host().comms.open(
      "jupyter.widget",
      { state: packed.state, buffer_paths: packed.paths },
      { metadata: { version: PROTOCOL }, buffers: packed.buffers },
    );
    this.comm.onMessage(({ data, buffers }) => this.receive(data, buffers));
  }

  /** The name under which the front end knows it. */
  get modelId(): string {
    return this.comm.id;
  }

  /** A part of the state. */
  get(key: string): unknown {
    return this.state[key];
  }

  /** Changes state on both sides; listeners are told when a value is another one. */
  set(changes: Readonly<State>): void {
    if (!this.comm.open) throw new Error("the widget was closed: make a new one");
    const changed = this.take(changes);
    for (const key of Object.keys(changed)) this.unsent.add(key);
    // The first change goes at once, those within the next moment together.
    if (this.timer === undefined && this.unsent.size > 0) this.sendLater();
    if (hasAny(changed)) void this.listeners.tell(changed);
  }

  /**
   * Calls a function after each change, of either side, with what has changed. It ends when the cell that has added it runs again, or
   * by the function that is returned.
   */
  onState(listener: (changed: Readonly<State>) => unknown): () => void {
    return this.listeners.add(listener);
  }

  /** Calls a function with each message that the front end's view sends; ends as `onState` does. */
  onMessage(listener: (content: unknown, buffers: readonly Uint8Array[]) => unknown): () => void {
    return this.customListeners.add(listener);
  }

  /** Sends a message of the program's own to the front end's views. */
  send(content: unknown, buffers: readonly Uint8Array[] = []): void {
    this.comm.send({ method: "custom", content }, { buffers });
  }

  /** Takes the widget away on both sides. */
  close(): void {
    clearTimeout(this.timer);
    this.comm.close();
  }

  /** What is seen where widgets are not: its label and value. */
  asText(): string {
    return String(this.state["_model_name"]).replace(/Model$/, "");
  }

  [Symbol.for("Jupyter.display")](): object {
    return {
      "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 0, model_id: this.modelId },
      "text/plain": this.asText(),
    };
  }

  private take(changes: Readonly<State>): State {
    const changed = Object.entries(changes).filter(([key, value]) => !isSame(this.state[key], value));
    for (const [key, value] of changed) this.state[key] = value;
    return Object.fromEntries(changed);
  }

  private sendLater(): void {
    this.flush();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (this.unsent.size > 0 && this.comm.open) this.sendLater();
    }, THROTTLE_MS);
  }

  private flush(): void {
    const part = Object.fromEntries([...this.unsent].map((key) => [key, this.state[key]]));
    this.unsent.clear();
    this.sendState(part);
  }

  private sendState(part: State): void {
    const { state, paths, buffers } = packState(part);
    this.comm.send({ method: "update", state, buffer_paths: paths }, { buffers });
  }

  private async receive(data: Readonly<Record<string, unknown>>, buffers: readonly Uint8Array[]): Promise<void> {
    if (data["method"] === "request_state") return this.sendState(this.state);
    if (data["method"] === "custom") return this.customListeners.tellFromFrontEnd(data["content"], buffers);
    if (data["method"] !== "update") return;
    const paths = (data["buffer_paths"] ?? []) as readonly BufferPath[];
    const changed = this.take(unpackState((data["state"] ?? {}) as State, paths, buffers));
    if (hasAny(changed)) await this.listeners.tellFromFrontEnd(changed);
  }
}

function hasAny(changed: State): boolean {
  return Object.keys(changed).length > 0;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (ArrayBuffer.isView(a) || ArrayBuffer.isView(b)) return false;
  return typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b);
}
