/** Loads a graph into TensorFlow. Its only door for graphs is a folder on disk, which is removed at once. */
import { isAlive } from "dnn-lab-core/processes";
import { join, mkdtempSync, readdirSync, rmSync, tmpdir, writeFileSync, process } from "../../platform";
import { nativeBackend, type NativeBackend, type NativeTensor } from "./native";

const PREFIX = "dnn-lab-graph-";

/** A loaded graph. */
export class Session {
  private constructor(
    private readonly backend: NativeBackend,
    private readonly id: number,
  ) {}

  /** @param model the bytes of a `saved_model.pb`. */
  static load(model: Uint8Array): Session {
    removeOrphans();
    const backend = nativeBackend();
    const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
    try {
      writeFileSync(join(folder, "saved_model.pb"), model);
      return new Session(backend, backend.loadSavedModelMetaGraph(folder, "serve"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Runs the graph once; `inputs` are handles, the results belong to the caller. */
  run(inputs: number[], inputNames: string, outputNames: string): NativeTensor[] {
    return this.backend.binding.runSavedModel(this.id, inputs, inputNames, outputNames);
  }

  dispose(): void {
    this.backend.deleteSavedModel(this.id);
  }
}

let orphansRemoved = false;

/** Removes, once per process, the folders of processes that ended between writing and loading. */
export function removeOrphans(force = false): void {
  if (orphansRemoved && !force) return;
  orphansRemoved = true;
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : NaN;
    if (owner > 0 && !isAlive(owner)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
