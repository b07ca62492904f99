/** Bodies of the pages, by nbconvert. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { venvPython } from "dnn-lab-notebooks";
import { projectFolder } from "../project-folder";

export interface StoredFigure {
  readonly plotly: { readonly data: unknown; readonly layout: unknown; readonly config?: unknown };
  /** Base64. */
  readonly png: string;
  /** One sentence for those who cannot see it. */
  readonly text: string;
}

export interface Converted {
  readonly body: string;
  readonly figures: readonly StoredFigure[];
  /** Plain text of all outputs. */
  readonly outputs: string;
}

/** Colours of code, as CSS. */
export interface CodeColours {
  readonly light: string;
  readonly dark: string;
}

/** Converts notebooks and Markdown files (paths below `root`). @throws Error with nbconvert's words when it fails. */
export function convert(paths: readonly string[], root: string): { pages: Converted[]; colours: CodeColours } {
  const script = join(projectFolder(), "scripts", "site", "convert.py");
  const run = spawnSync(venvPython(), [script], {
    cwd: root,
    input: paths.join("\n"),
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (run.status !== 0) throw new Error(`site: the notebooks could not be converted:\n${run.stderr}`);
  const lines = run.stdout.trim().split("\n");
  const colours = JSON.parse(lines.pop()!) as CodeColours;
  return { pages: lines.map((line) => JSON.parse(line) as Converted), colours };
}
