/** An assignment, read from the one notebook that its teacher writes. */
import { hashOf } from "dnn-lab-core/hash";
import { checkKeys, checkNumber } from "dnn-lab-core/check";
import {
  type Cell,
  type Notebook,
  type Parameters,
  joined,
  kernelOf,
  languageOf,
  readNotebook,
  settingsOf,
  withParameters,
} from "dnn-lab-notebooks";
import { AuthoringError, type CellRole, cellsById, graderOf, isRestored, roleOf } from "./grader-cell";
import { hasRegion, misspeltMarker, withoutMarkers, withoutRegions } from "./regions";
import { type CheckCell, checkCellOf, isCheckCall } from "./definition";
import { sumOfPoints } from "dnn-lab-core/checks/tests";
import { drawn, readVariants, withVariant } from "./variants";
import { type QualityRule, readQuality } from "./quality-rules";

/** What a submission may use. Times in seconds, sizes in MB (10⁶ bytes). */
export interface Limits {
  readonly cellSeconds: number;
  readonly notebookSeconds: number;
  /** Of all processes of a submission together. */
  readonly memoryMB: number;
  /** Processes and threads. */
  readonly processes: number;
  readonly fileMB: number;
  /** What the notebook shows. */
  readonly outputMB: number;
  /** The archive, unpacked. */
  readonly submissionMB: number;
}

export const defaultLimits: Limits = {
  ...{ cellSeconds: 120, notebookSeconds: 600, memoryMB: 4000, processes: 256 },
  ...{ fileMB: 100, outputMB: 5, submissionMB: 20 },
};

/** A cell of the assignment that has a `grade_id`. */
export interface AssignmentCell {
  readonly id: string;
  readonly role: CellRole;
  readonly cellType: Cell["cell_type"];
  /** Greatest number of points; 0 for cells without. */
  readonly points: number;
  /** As the student gets it, where the teacher's version is put back. */
  readonly restored: Cell | undefined;
  /** Of a check cell. */
  readonly check: CheckCell | undefined;
}

/** An assignment as its source notebook states it: tests, points, limits, and the notebook that students get. */
export interface Assignment {
  readonly name: string;
  readonly title: string;
  readonly notebook: Notebook;
  readonly kernel: string;
  readonly language: string;
  readonly cells: readonly AssignmentCell[];
  readonly quality: readonly QualityRule[];
  readonly limits: Limits;
  /** Values for the cell tagged `parameters`, when it is graded. */
  readonly parameters: Parameters;
  /** The `grade_id` of that cell, which is the teacher's own. */
  readonly parametersCell: string | undefined;
  /** Whether students have values of their own, which {@link readAssignment} gives for one of them. */
  readonly hasVariants: boolean;
  /** Those of the variant that was asked for, as JSON. */
  readonly variant: Parameters;
  /** The bare template may earn at most this share of the points. */
  readonly templateShare: number;
  /** Points that the grader gives. */
  readonly points: number;
  /** Points that a person gives. */
  readonly manualPoints: number;
  /** Hash of the source: grades belong to it. */
  readonly digest: string;
}

const settingNames = ["name", "title", "quality", "limits", "parameters", "variants", "templateShare"];

export interface AssignmentOptions {
  /** Whether it is a student's notebook, of which the hidden tests are gone. */
  readonly published?: boolean;
  /** Whose values to draw where students have values of their own (default `""`: those that nobody has). */
  readonly variant?: string;
}

/** Reads and checks the source of an assignment. Throws an {@link AuthoringError} that names the cell. */
export function readAssignment(path: string, options: AssignmentOptions = {}): Assignment {
  const notebook = readNotebook(path);
  try {
    return assignmentOf(notebook, options);
  } catch (error) {
    throw new AuthoringError(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * The assignment that a notebook's cells and `metadata.dnn_lab.assignment` describe. Of a `published` one, a student's
 * notebook, the hidden tests are gone: points are then those that can be seen.
 */
export function assignmentOf(source: Notebook, options: AssignmentOptions = {}): Assignment {
  const { published = false, variant = "" } = options;
  const settings = settingsOf(source.metadata).assignment as Record<string, unknown> | undefined;
  if (!settings) throw new AuthoringError("the notebook's metadata have no dnn_lab.assignment, at least { name }");
  checkKeys("dnn_lab.assignment", settings, settingNames);
  const { name, title = name, templateShare = 0.2 } = settings;
  if (typeof name !== "string" || !/^[a-z0-9][\w-]*$/i.test(name))
    throw new AuthoringError("dnn_lab.assignment.name must be letters, digits, - and _");
  if (!published) for (const cell of source.cells) checkRegions(cell);
  const variants = readVariants(settings.variants ?? {});
  const own = drawn(variants, name, variant);
  const notebook = withVariant(source, own);
  const given = parametersOf(notebook, settings.parameters ?? {}, Object.keys(variants));
  const constants = { ...asJson(own), ...given.parameters };
  const cells = [...cellsById(notebook.cells)].map(([id, cell]) => assignmentCell(id, cell, { published, constants }));
  const quality = readQuality(settings.quality ?? []);
  const manual = cells.filter(({ role }) => role === "manual" || role === "task");
  const checks = cells.filter(({ role }) => role === "check");
  if (checks.length === 0) throw new AuthoringError("there is no check cell, so nothing can be graded");
  return {
    ...{ name, title: String(title), notebook, cells, quality },
    kernel: kernelOf(notebook) ?? "tslab",
    language: languageOf(notebook),
    limits: readLimits(settings.limits ?? {}),
    ...{ ...given, hasVariants: Object.keys(variants).length > 0, variant: asJson(own) },
    templateShare: checkNumber("dnn_lab.assignment", "templateShare", templateShare, { min: 0, max: 1 }),
    points: sumOfPoints(checks) + sumOfPoints(quality),
    manualPoints: sumOfPoints(manual),
    digest: digestOf(source),
  };
}

const asJson = (values: Readonly<Record<string, unknown>>): Parameters =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]));

interface CellOptions {
  readonly published: boolean;
  readonly constants: Parameters;
}

function assignmentCell(id: string, cell: Cell, { published, constants }: CellOptions): AssignmentCell {
  const role = roleOf(cell);
  const source = joined(cell.source);
  const points = graderOf(cell)?.points ?? 0;
  const check =
    role !== "check"
      ? undefined
      : isCheckCall(source)
        ? checkCellOf(id, source, { published, constants })
        : asItRuns(id, source);
  const sum = check?.tests.length ? sumOfPoints(check.tests) : points;
  if (!published && Math.abs(sum - points) > 1e-9)
    throw new AuthoringError(
      `check cell ${id}: its tests are worth ${sum} points together, its metadata say ${points}`,
    );
  const shown = { ...cell, source: withoutRegions(source, "HIDDEN TESTS"), ...cleared(cell) };
  return {
    id,
    role,
    cellType: cell.cell_type,
    points: published ? sum : points,
    check,
    restored: isRestored(cell) ? shown : undefined,
  };
}

/** The grader's values for the parameters, and the one cell that takes them: the teacher's, so that no student has another. */
function parametersOf(
  notebook: Notebook,
  given: unknown,
  variants: readonly string[],
): Pick<Assignment, "parameters" | "parametersCell"> {
  const fail = (why: string, cause?: unknown): never => {
    throw new AuthoringError(`dnn_lab.assignment.parameters: ${why}`, { cause });
  };
  if (typeof given !== "object" || given === null || Array.isArray(given)) return fail("must be an object of values");
  const parameters = asJson(given as Record<string, unknown>);
  if (Object.keys(parameters).length + variants.length === 0) return { parameters, parametersCell: undefined };
  const cell = notebook.cells.find((each) => each.cell_type === "code" && each.metadata?.tags?.includes("parameters"));
  if (cell === undefined) return fail("no code cell is tagged 'parameters'");
  if (roleOf(cell) !== "given")
    return fail(
      "the cell tagged 'parameters' must be read-only (locked, with a grade_id), so that it is the grader's own",
    );
  try {
    withParameters(notebook, parameters);
  } catch (error) {
    return fail((error as Error).message, error);
  }
  return { parameters, parametersCell: graderOf(cell)!.grade_id };
}

/** A test cell as nbgrader has them: it must run without an error. What it hides would have to run in the student's kernel. */
function asItRuns(id: string, source: string): CheckCell {
  if (!hasRegion(source, "HIDDEN TESTS")) return { id: undefined, tests: [] };
  const how = 'write them as check("…", ({ test }) => { … }), whose tests the grader judges itself';
  throw new AuthoringError(`check cell ${id}: its hidden tests would have to run in the student's kernel; ${how}`);
}

const cleared = (cell: Cell): Partial<Cell> =>
  cell.cell_type === "code" ? { outputs: [], execution_count: null } : {};

function checkRegions(cell: Cell): void {
  const role = roleOf(cell);
  const source = joined(cell.source);
  const where = graderOf(cell)?.grade_id ?? `that begins with '${source.split("\n")[0]!.slice(0, 40)}'`;
  const misspelt = misspeltMarker(source);
  if (misspelt !== undefined)
    throw new AuthoringError(
      `cell ${where}: '${misspelt.trim().slice(0, 60)}' looks like a marker but is not one, so students would see what it should hide; ` +
        "markers stand alone in a line: // BEGIN SOLUTION, // END SOLUTION, // BEGIN HIDDEN TESTS, // END HIDDEN TESTS",
    );
  if (hasRegion(source, "SOLUTION") && role !== "solution" && role !== "manual")
    throw new AuthoringError(`cell ${where}: a solution region must stand in a cell that students change (solution)`);
  if (hasRegion(source, "HIDDEN TESTS") && role !== "check")
    throw new AuthoringError(`cell ${where}: hidden tests must stand in a check cell (grade, not solution)`);
  withoutMarkers(withoutRegions(withoutRegions(source, "SOLUTION"), "HIDDEN TESTS"), "SOLUTION");
}

function readLimits(given: unknown): Limits {
  const limits = checkKeys("dnn_lab.assignment.limits", given as object, Object.keys(defaultLimits));
  for (const [name, value] of Object.entries(limits))
    checkNumber("dnn_lab.assignment.limits", name, value, { above: 0 });
  return { ...defaultLimits, ...limits };
}

/** Hash of what is graded by: code, points and settings. A word corrected in the text or the title changes no grade. */
function digestOf({ cells, metadata }: Notebook): string {
  const parts = cells
    .filter((cell) => cell.cell_type === "code" || cell.metadata?.nbgrader !== undefined)
    .map(({ cell_type, source, metadata: own }) => {
      const code = cell_type === "code" ? joined(source).replace(/\r\n?/g, "\n") : "";
      return [cell_type, code, own?.nbgrader, own?.tags];
    });
  const { title: _, ...settings } = settingsOf(metadata).assignment as Record<string, unknown>;
  return hashOf("sha256", JSON.stringify([parts, settings]));
}
