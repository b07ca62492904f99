import { Object, Symbol, realm } from "../../intrinsics";
import type { MimeBundle } from "../../protocol/bridge";
import { liveBundle, toBundle } from "./bundle";
import type { DisplayApi } from "./display-api";

/** Options of the program-side hook. */
export interface HookOptions {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly displayId?: string;
  readonly update?: boolean;
}

/**
 * What libraries find as `globalThis[Symbol.for("dnn-lab.display")]`: a way to show a bundle of MIME types, and to replace it
 * in place, without importing this kernel. Outside of a notebook there is no such global.
 */
export interface DisplayHook {
  display(bundle: Readonly<Record<string, unknown>>, options?: HookOptions): void;
  /** The representations of a value as a cell would show it; without `picture` no static one of a figure is drawn. */
  represent(value: unknown, options?: { readonly picture?: boolean }): MimeBundle | Promise<MimeBundle>;
}

/** Installs the hook. */
export function installDisplayHook(api: DisplayApi): void {
  const hook: DisplayHook = {
    display: (bundle, { metadata = {}, ...options } = {}) => {
      const ready: MimeBundle = { data: bundle, metadata };
      api.publish(ready, options);
    },
    represent: (value, { picture = true } = {}) => (picture ? toBundle(value) : liveBundle(value)),
  };
  Object.defineProperty(realm, Symbol.for("dnn-lab.display"), {
    value: hook,
    enumerable: false,
    configurable: true,
  });
}
