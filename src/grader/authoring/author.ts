/** Publishes an assignment: writes what students get, and sees that it can be earned, and not for nothing. */
import { join } from "node:path";
import { writeFileAtomic } from "dnn-lab-core/files";
import type { Notebook } from "dnn-lab-notebooks";
import type { Person } from "../archive/roster";
import { folderOf } from "../archive/student-names";
import { type Assignment, readAssignment } from "../assignment/assignment";
import { gradeSubmission, type GradeOptions } from "../grading/grade";
import type { Submission } from "../archive/handed-in";
import { metricsOf } from "../assignment/quality-rules";
import type { Graded } from "../grading/result";
import { solutionOf, templateOf } from "./release";
import { rubricMarkdown, rubricOf } from "./rubric";

const json = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

/** Path below the assignment's folder → content. */
export function releaseFiles(assignment: Assignment): Map<string, string> {
  const rubric = rubricOf(assignment);
  return new Map([
    [join("template", `${assignment.name}.ipynb`), json(templateOf(assignment))],
    [join("solution", `${assignment.name}.ipynb`), json(solutionOf(assignment))],
    ["rubric.json", json(rubric)],
    ["rubric.md", rubricMarkdown(rubric)],
  ]);
}

/** Writes template, solution and rubric below `folder`; returns their paths. */
export function writeRelease(assignment: Assignment, folder: string): string[] {
  return [...releaseFiles(assignment)].map(([name, content]) => {
    writeFileAtomic(join(folder, name), content);
    return join(folder, name);
  });
}

/** Writes the template of everybody in a class, each with values of their own: `<folder>/templates/<student>/<assignment>.ipynb`. */
export function writeVariants(source: string, people: readonly Person[], folder: string): string[] {
  return people.map(({ id, variant }) => {
    const assignment = readAssignment(source, { variant: variant || id });
    const path = join(folder, "templates", folderOf(id), `${assignment.name}.ipynb`);
    writeFileAtomic(path, json(templateOf(assignment)));
    return path;
  });
}

export interface Proof {
  readonly solution: Graded;
  readonly template: Graded;
  /** What is wrong with the assignment; empty when nothing is. */
  readonly problems: readonly string[];
}

/** Grades the solution, which must earn every point, and the bare template, which must earn few. */
export async function proveAssignment(assignment: Assignment, options: GradeOptions): Promise<Proof> {
  const solution = await proved(solutionOf(assignment), "solution", assignment, options);
  const template = await proved(templateOf(assignment), "template", assignment, options);
  const problems: string[] = [];
  if (solution.earned < assignment.points) {
    problems.push(`the solution earns ${solution.earned} of ${assignment.points} points`, ...failuresOf(solution));
  }
  const most = assignment.templateShare * assignment.points;
  if (template.earned > most)
    problems.push(
      `the bare template earns ${template.earned} points, more than ${assignment.templateShare * 100} % of ${assignment.points}`,
    );
  return { solution, template, problems };
}

async function proved(
  notebook: Notebook,
  student: string,
  assignment: Assignment,
  options: GradeOptions,
): Promise<Graded> {
  const about = { student, hash: "", submitted: new Date().toISOString(), files: new Map() };
  const submission: Submission = { ...about, notebook, claimed: undefined };
  if (student === "template" || metricsOf(assignment.quality).length === 0)
    return gradeSubmission(submission, assignment, options);
  // As after 'submit': a first run gives what is claimed.
  const { metrics, facts } = await gradeSubmission(submission, assignment, options);
  return gradeSubmission({ ...submission, claimed: { metrics, facts } }, assignment, options);
}

/** Each test that failed, in a line. */
export function failuresOf({ checks, quality, errors, notes }: Graded): string[] {
  const tests = [
    ...checks.flatMap(({ id, tests }) => tests.map((test) => ({ id, ...test }))),
    ...quality.map((test) => ({ id: "quality", ...test })),
  ];
  return [
    ...tests.filter(({ passed }) => !passed).map(({ id, name, message }) => `${id}: ${name}: ${message}`),
    ...errors.map(({ cell, message }) => `code cell ${cell}: ${message}`),
    ...notes,
  ];
}
