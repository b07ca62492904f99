/** HDF5 files by h5wasm (the HDF5 library in WebAssembly), behind the few calls that weight files need. */
import { writeAtomically } from "dnn-lab-core/files";
import { existsSync, resolve } from "../../platform";

/** A group of a file that is being read. */
export interface Hdf5Reader {
  /** Names in this group; undefined when `path` is no group. */
  list(path: string): string[] | undefined;
  /** A dataset; undefined when there is none at `path`. */
  dataset(path: string): Hdf5Dataset | undefined;
  /** An attribute that holds a list of strings; undefined when the object has none of that name. */
  strings(path: string, attribute: string): string[] | undefined;
}

export interface Hdf5Dataset {
  readonly shape: readonly number[];
  /** HDF5's element type, such as `<f` (float32). */
  readonly dtype: string;
  read(): ArrayLike<number | bigint>;
}

export interface Hdf5Writer {
  /** Makes a group with string attributes, and the groups above it. */
  group(path: string, attributes?: Record<string, string | readonly string[]>): void;
  dataset(path: string, values: Float32Array | Int32Array, shape: readonly number[]): void;
}

async function loadH5wasm() {
  const h5wasm = await import("h5wasm/node");
  // Errors become exceptions instead of pages on standard error.
  (await h5wasm.ready).activate_throwing_error_handler();
  return h5wasm;
}

type H5wasm = Awaited<ReturnType<typeof loadH5wasm>>;
type File = InstanceType<H5wasm["File"]>;

/** Opens a file, hands it to `body` and closes it. A missing, truncated or foreign file is refused by name. */
export async function readHdf5<T>(path: string, body: (file: Hdf5Reader) => T): Promise<T> {
  if (!existsSync(path)) throw new Error(`There is no file '${path}'.`);
  const h5wasm = await loadH5wasm();
  const file = attempt(`'${path}' cannot be read as an HDF5 file`, () => new h5wasm.File(resolve(path), "r"));
  try {
    return attempt(`'${path}' is damaged`, () => body(reader(h5wasm, file)));
  } finally {
    file.close();
  }
}

/** Writes a file under a temporary name and renames it to `path` when all of it is there. */
export async function writeHdf5(path: string, body: (file: Hdf5Writer) => void): Promise<void> {
  const h5wasm = await loadH5wasm();
  await writeAtomically(resolve(path), (temporary) =>
    attempt(`'${path}' cannot be written`, () => {
      const file = new h5wasm.File(temporary, "w");
      try {
        body(writer(file));
      } finally {
        file.close();
      }
    }),
  );
}

/** Turns the HDF5 library's page-long reports into one sentence; other errors pass. */
function attempt<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const report = String((error as Error)?.message ?? error);
    if (!report.startsWith("HDF5-DIAG")) throw error;
    const cause = [...report.matchAll(/^ +#\d+: .*?\(\): (.*)$/gm)].at(-1)?.[1] ?? "unknown cause";
    throw new Error(`${what}: ${cause}.`, { cause: error });
  }
}

function reader(h5wasm: H5wasm, file: File): Hdf5Reader {
  const get = (path: string) => (path === "" ? file : file.get(path));
  return {
    list(path) {
      const group = get(path);
      return group instanceof h5wasm.Group ? group.keys() : undefined;
    },
    dataset(path) {
      const dataset = get(path);
      if (!(dataset instanceof h5wasm.Dataset)) return undefined;
      const read = () => [dataset.value].flat() as unknown as ArrayLike<number>;
      return {
        shape: dataset.shape ?? [],
        dtype: String(dataset.dtype),
        read: () => (ArrayBuffer.isView(dataset.value) ? (dataset.value as unknown as ArrayLike<number>) : read()),
      };
    },
    strings(path, attribute) {
      const holder = get(path);
      if (!(holder instanceof h5wasm.Group) || !(attribute in holder.attrs)) return undefined;
      return [...(holder.attrs[attribute].value as Iterable<unknown>)].map(String);
    },
  };
}

function writer(file: File): Hdf5Writer {
  const made = new Set<string>();
  const group = (path: string): void => {
    if (path === "" || made.has(path)) return;
    group(parentOf(path));
    file.create_group(path);
    made.add(path);
  };
  return {
    group(path, attributes = {}) {
      group(path);
      const holder = path === "" ? file : (file.get(path) as File);
      for (const [name, value] of Object.entries(attributes)) writeStrings(holder, name, value);
    },
    dataset(path, values, shape) {
      group(parentOf(path));
      const dtype = values instanceof Int32Array ? "<i" : "<f";
      file.create_dataset({ name: path, data: values, shape: [...shape], dtype });
    },
  };
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** Lists are written as NumPy writes them: strings of one fixed length, and an empty list as an empty list of numbers. */
function writeStrings(holder: File, name: string, value: string | readonly string[]): void {
  if (typeof value === "string") return holder.create_attribute(name, value);
  if (value.length === 0) return holder.create_attribute(name, [], [0], "<d");
  const bytes = Math.max(1, ...value.map((text) => Buffer.byteLength(text)));
  holder.create_attribute(name, [...value], null, `S${bytes}`);
}
