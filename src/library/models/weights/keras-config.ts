/** The layers that a Keras file says it was saved from, as plain configurations. */
import type { Hdf5Reader } from "./hdf5";

/** One layer of a saved configuration. */
export interface SavedLayer {
  readonly className: string;
  readonly name: string;
  /** Keras' settings, names as Keras writes them (`recurrent_activation`). */
  readonly config: Readonly<Record<string, unknown>>;
  /** Those that it holds: of a nested model, or the ones of a wrapper. */
  readonly layers: readonly SavedLayer[];
}

/** A saved model's configuration. */
export interface SavedConfig {
  /** Such as `3.15.1`; empty when the file does not tell. */
  readonly kerasVersion: string;
  readonly model: SavedLayer;
}

interface Json {
  readonly class_name?: string;
  readonly config?: Record<string, unknown>;
}

/** Attributes in which a wrapper holds its layers. */
const HELD = ["layer", "forward_layer", "backward_layer", "cell"] as const;

/** The configuration in a whole-model `.h5` file; undefined when there is none. */
export function configOfHdf5(file: Hdf5Reader): SavedConfig | undefined {
  // A single string comes letter by letter.
  const json = file.strings("", "model_config")?.join("");
  const version = file.strings("", "keras_version")?.join("") ?? "";
  return json ? parseConfig(json, version) : undefined;
}

/** @param json what `model.to_json()` gives. */
export function parseConfig(json: string, kerasVersion: string): SavedConfig | undefined {
  const parsed = JSON.parse(json) as Json;
  return parsed.class_name ? { kerasVersion, model: savedLayer(parsed) } : undefined;
}

function savedLayer({ class_name: className = "", config = {} }: Json): SavedLayer {
  const listed = (config.layers as Json[] | undefined) ?? [];
  const held = HELD.map((name) => config[name] as Json | undefined).filter((one) => one?.class_name !== undefined);
  return {
    className,
    name: String(config.name ?? ""),
    config,
    layers: [...listed, ...(held as Json[])].map(savedLayer),
  };
}
