import { randomUUID } from "node:crypto";
import { types } from "node:util";
import { Object, String, TypeError } from "../../intrinsics";
import type { MimeBundle, Output } from "../../protocol/bridge";
import { jsonText } from "../../protocol/json-text";
import { awaitBeforeIdle, currentCell, type CellContext } from "../cells";
import type { Port } from "../port";
import { JUPYTER_DISPLAY, toBundle } from "./bundle";
import { dataText, objectText } from "./bundle-content";
import { imageBundle, toImage } from "./image";
import { ShownFigures } from "./shown-figures";

/** Options of `display`. */
export interface DisplayOptions {
  /** Takes `value` as a ready-made object of MIME types. */
  readonly raw?: boolean;
  /** Names the output, so that later code can update it. */
  readonly displayId?: string;
  /** Replaces what was shown under `displayId` instead of adding output. */
  readonly update?: boolean;
  /** Metadata of the output, by MIME type. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Output that can be replaced. */
export interface DisplayHandle {
  readonly displayId: string;
  /** Shows another value in the place of the one before. */
  update(value: unknown, options?: Pick<DisplayOptions, "raw" | "metadata">): void;
}

/** Something that shows itself as given MIME types. */
export interface Shown {
  readonly data: Readonly<Record<string, string>>;
}

type Template = TemplateStringsArray | string;

/** Outputs that have a handle are not shown again as the value of their cell. */
class Handle implements DisplayHandle {
  constructor(
    readonly displayId: string,
    private readonly show: (value: unknown, options: DisplayOptions) => void,
  ) {}

  update(value: unknown, options: Pick<DisplayOptions, "raw" | "metadata"> = {}): void {
    this.show(value, { ...options, displayId: this.displayId, update: true });
  }

  [JUPYTER_DISPLAY](): object {
    return {};
  }
}

class Displayed implements Shown {
  constructor(readonly data: Readonly<Record<string, string>>) {}

  [JUPYTER_DISPLAY](): object {
    return this.data;
  }
}

/** The display functions that cells find as globals. */
export class DisplayApi {
  private readonly figures = new ShownFigures();

  constructor(private readonly port: Pick<Port, "post">) {}

  /** Shows a value at once; the handle can replace it later. */
  readonly display = (value: unknown, options: DisplayOptions = {}): DisplayHandle => {
    const displayId = options.displayId ?? randomUUID();
    this.show(value, { ...options, displayId });
    return new Handle(displayId, (next, nextOptions) => this.show(next, nextOptions));
  };

  /** Removes the cell's output, at once or (`wait`) when the next one comes. */
  readonly clearOutput = (options: boolean | { wait?: boolean } = {}): void => {
    const wait = typeof options === "boolean" ? options : options.wait === true;
    this.post(currentCell(), "clear_output", `{"wait":${wait}}`);
  };

  readonly html = (text: Template, ...values: unknown[]): Shown => shown("text/html", text, values);
  readonly md = (text: Template, ...values: unknown[]): Shown => shown("text/markdown", text, values);
  readonly svg = (text: Template, ...values: unknown[]): Shown => shown("image/svg+xml", text, values);
  readonly image = (source: unknown): Shown => new Displayed(imageBundle(toImage(source)));

  /** Publishes a ready bundle as display_data or update_display_data. Throws for what is no JSON. */
  publish(
    bundle: MimeBundle,
    { displayId, update }: Pick<DisplayOptions, "displayId" | "update">,
    cell: CellContext = currentCell(),
  ): void {
    if (displayId !== undefined && typeof displayId !== "string")
      throw new TypeError(`display: displayId must be a string, received ${typeof displayId}.`);
    const data = dataText(bundle.data);
    if (data === "{}") return;
    const metadata = objectText(bundle.metadata, "display: metadata");
    const transient = displayId === undefined ? "{}" : `{"display_id":${jsonText(displayId)}}`;
    const contentOf = (data: string, metadata: string): string =>
      `{"data":${data},"metadata":${metadata},"transient":${transient}}`;
    const between = displayId === undefined ? undefined : this.figures.between(displayId, bundle.data);
    if (update === true && between) this.post(cell, "update_display_data", contentOf(jsonText(between), "{}"));
    this.post(cell, update === true ? "update_display_data" : "display_data", contentOf(data, metadata));
  }

  /** Publishes the value of a cell as execute_result; nothing for an empty bundle. */
  publishResult(bundle: MimeBundle, count: number, cell: CellContext): void {
    const data = dataText(bundle.data);
    if (data === "{}") return;
    const metadata = objectText(bundle.metadata, "display: metadata");
    this.post(cell, "execute_result", `{"execution_count":${count},"data":${data},"metadata":${metadata}}`);
  }

  private show(value: unknown, options: DisplayOptions): void {
    const cell = currentCell();
    const own: unknown = options.metadata ?? {};
    if (typeof own !== "object") throw new TypeError(`display: metadata must be an object, received ${typeof own}.`);
    const made = options.raw === true ? rawBundle(value) : toBundle(value);
    const publish = ({ data, metadata }: MimeBundle): void =>
      this.publish({ data, metadata: { ...metadata, ...own } }, options, cell);
    if (!types.isPromise(made)) return publish(made);
    awaitBeforeIdle((async () => publish(await made))());
  }

  private post(cell: CellContext, kind: Output["kind"], content: string): void {
    this.port.post({ type: "output", cell: cell.id, kind, content });
  }
}

function rawBundle(value: unknown): MimeBundle {
  if (
    typeof value !== "object" ||
    value === null ||
    !Object.keys(value).every((mime) => /^[\w.+-]+\/[\w.+-]+$/.test(mime))
  ) {
    throw new TypeError(
      'display: with { raw: true } the value must be an object of MIME types, such as { "text/html": "<b>bold</b>" }',
    );
  }
  return { data: value as Record<string, unknown>, metadata: {} };
}

function shown(mime: string, text: Template, values: readonly unknown[]): Shown {
  const content = typeof text === "string" ? text : String.raw({ raw: text }, ...values);
  return new Displayed({ [mime]: content, "text/plain": content });
}
