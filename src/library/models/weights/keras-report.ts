/** What a file of weights and a model had in common. */

export interface LoadReport {
  /** The file. */
  readonly path: string;
  /** Names of the model's layers whose weights were loaded. */
  readonly loaded: readonly string[];
  /** Layers with weights of the model that the file does not have: they stay as they were. */
  readonly onlyInModel: readonly string[];
  /** Layers with weights of the file that the model does not have. */
  readonly onlyInFile: readonly string[];
  /** Layers of both that were passed over, each with the reason. */
  readonly mismatched: readonly string[];
  /** The same as readable lines. */
  toString(): string;
}

/** A report that shows itself as text in `console.log` and in a notebook. */
export function loadReport(path: string, parts: Partial<Omit<LoadReport, "path" | "toString">>): LoadReport {
  return new Report(path, parts.loaded ?? [], parts.onlyInModel ?? [], parts.onlyInFile ?? [], parts.mismatched ?? []);
}

class Report implements LoadReport {
  constructor(
    readonly path: string,
    readonly loaded: readonly string[],
    readonly onlyInModel: readonly string[],
    readonly onlyInFile: readonly string[],
    readonly mismatched: readonly string[],
  ) {}

  toString(): string {
    const { length } = this.loaded;
    return [
      `Loaded ${length} ${length === 1 ? "layer" : "layers"} from '${this.path}'.`,
      ...line("Only in the model", this.onlyInModel, ", "),
      ...line("Only in the file", this.onlyInFile, ", "),
      ...line("Did not fit", this.mismatched, "; "),
    ].join("\n");
  }

  /** How `console.log` in Node shows it. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** How a notebook shows it. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": this.toString() };
  }
}

const MOST = 8;

function line(title: string, items: readonly string[], separator: string): string[] {
  if (items.length === 0) return [];
  const more = items.length > MOST ? ` and ${items.length - MOST} more` : "";
  return [`${title}: ${items.slice(0, MOST).join(separator)}${more}.`];
}
