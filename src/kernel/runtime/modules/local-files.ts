import { Map, Object, Set } from "../../intrinsics";
import { fileStamp, isLocal, loader } from "./resolve";

/** Watches the user's own files by looking, not by listening: at each import of a cell, files that changed are forgotten. */
export class LocalFiles {
  private readonly stamps = new Map<string, number>();

  /** Removes changed files, and all that import them, from the module cache. Returns the changed files. */
  refresh(): string[] {
    const loaded = Object.keys(loader._cache).filter(isLocal);
    const changed = loaded.filter((file) => this.stamps.has(file) && this.stamps.get(file) !== fileStamp(file));
    if (changed.length > 0) this.forget(changed, loaded);
    return changed;
  }

  /** Notes the present state of files that have been loaded since. */
  note(): void {
    for (const file of Object.keys(loader._cache)) {
      if (!this.stamps.has(file) && isLocal(file)) this.stamps.set(file, fileStamp(file));
    }
  }

  private forget(changed: readonly string[], loaded: readonly string[]): void {
    const stale = new Set(changed);
    for (let before = -1; before !== stale.size;) {
      before = stale.size;
      for (const file of loaded) {
        const children = loader._cache[file]?.children ?? [];
        if (children.some(({ filename }) => stale.has(filename))) stale.add(file);
      }
    }
    for (const file of stale) {
      delete loader._cache[file];
      this.stamps.delete(file);
    }
  }
}
