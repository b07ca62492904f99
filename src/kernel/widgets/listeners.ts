import { AsyncResource } from "node:async_hooks";
import { onRunAgain } from "./host";

type Listener<Told extends readonly unknown[]> = (...told: Told) => unknown;

interface Added<Told extends readonly unknown[]> {
  readonly listener: Listener<Told>;
  /** The cell that has added it. */
  readonly cell: AsyncResource;
}

/** Functions that want to know of something. One that throws keeps nothing from the others. */
export class Listeners<Told extends readonly unknown[]> {
  private readonly all = new Set<Added<Told>>();

  /** Adds a function until its cell runs again, or until the function that is returned is called. */
  add(listener: Listener<Told>): () => void {
    const added = { listener, cell: new AsyncResource("dnn-lab.listener", { requireManualDestroy: true }) };
    this.all.add(added);
    const keep = onRunAgain(() => this.all.delete(added));
    return () => {
      keep();
      this.all.delete(added);
    };
  }

  /** Tells of what the program has done: the functions are a part of the code that runs now. */
  tell(...told: Told): Promise<void> {
    return this.each((_, call) => call(), told);
  }

  /**
   * Tells of what the front end has done. What a function prints, shows or throws then stands in the output of the cell that has
   * added it; JupyterLab shows nobody what belongs to the front end's message alone.
   */
  tellFromFrontEnd(...told: Told): Promise<void> {
    return this.each((cell, call) => cell.runInAsyncScope(call), told);
  }

  private async each(inPlace: (cell: AsyncResource, call: () => unknown) => unknown, told: Told): Promise<void> {
    for (const { listener, cell } of [...this.all]) {
      try {
        await inPlace(cell, () => listener(...told));
      } catch (error) {
        // Nobody has caught it: the kernel shows it.
        inPlace(cell, () => void Promise.reject(error as Error));
      }
    }
  }
}
