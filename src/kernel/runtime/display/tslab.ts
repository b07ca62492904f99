import { randomBytes } from "node:crypto";
import { process } from "../../intrinsics";
import { versions as ownVersions } from "../../protocol/kernel-info";
import type { DisplayApi } from "./display-api";

/** tslab's `Display`, method for method. */
export class TslabDisplay {
  private shownBefore = false;

  constructor(
    private readonly api: DisplayApi,
    private readonly displayId?: string,
  ) {}

  javascript(text: string): void {
    this.raw("text/javascript", text);
  }

  html(text: string): void {
    this.raw("text/html", text);
  }

  markdown(text: string): void {
    this.raw("text/markdown", text);
  }

  latex(text: string): void {
    this.raw("text/latex", text);
  }

  svg(text: string): void {
    this.raw("image/svg+xml", text);
  }

  png(bytes: Uint8Array): void {
    this.raw("image/png", bytes);
  }

  jpeg(bytes: Uint8Array): void {
    this.raw("image/jpeg", bytes);
  }

  gif(bytes: Uint8Array): void {
    this.raw("image/gif", bytes);
  }

  pdf(bytes: Uint8Array): void {
    this.raw("application/pdf", bytes);
  }

  text(text: string): void {
    this.raw("text/plain", text);
  }

  raw(contentType: string, content: string | Uint8Array): void {
    const update = this.displayId !== undefined && this.shownBefore;
    this.shownBefore = true;
    this.api.publish({ data: { [contentType]: content }, metadata: {} }, { displayId: this.displayId, update });
  }
}

/** What `import * as tslab from "tslab"` gives: tslab's own module cannot reach this kernel's outputs. */
export function tslabModule(api: DisplayApi): object {
  return {
    __esModule: true,
    get versions() {
      const { kernel, typescript } = ownVersions();
      return { tslab: `dnn-lab ${kernel}`, typescript, node: process.version };
    },
    display: new TslabDisplay(api),
    newDisplay: () => new TslabDisplay(api, randomBytes(8).toString("hex")),
  };
}
