/**
 * The notebook that the code runs in, if any: a place to which MIME bundles can be sent and later updated.
 *
 * Two hosts are known: a kernel that offers `globalThis[Symbol.for("dnn-lab.display")]`, and stock tslab, whose
 * loaded module is found in the module cache (its public `display` can send only one MIME type at a time).
 */

/** MIME type → content; text is a string, binary is base64, JSON types are plain values. */
export type MimeBundle = Record<string, unknown>;

/** Options of {@link display}. */
export interface DisplayOptions {
  /** Names the display so that a later call with `update` replaces it in place. */
  displayId?: string;
  /** Replaces the display of that name (default false). */
  update?: boolean;
  /** Metadata of the output, as Jupyter's. */
  metadata?: Record<string, unknown>;
}

export interface NotebookHost {
  display(bundle: MimeBundle, options?: DisplayOptions): void;
}

interface TslabJupyter {
  lastWriteDisplayData?: ((content: object, update?: boolean) => void) | null;
}

function tslabHost(): NotebookHost | undefined {
  const path = Object.keys(require.cache ?? {}).find((name) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
  const jupyter = path && (require.cache[path]?.exports as TslabJupyter | undefined);
  if (!jupyter || !jupyter.lastWriteDisplayData) return undefined;
  return {
    display(data, { displayId, update = false, metadata = {} } = {}) {
      jupyter.lastWriteDisplayData?.({ data, metadata, transient: { display_id: displayId } }, update);
    },
  };
}

/** The host to display in, or undefined when no notebook is listening (a script, a test). */
export function notebookHost(): NotebookHost | undefined {
  const own = (globalThis as Record<symbol, unknown>)[Symbol.for("dnn-lab.display")] as NotebookHost | undefined;
  return own ?? tslabHost();
}
