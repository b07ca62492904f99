/**
 * dnn-lab-grader: assignments as notebooks. Its commands are the usual door (`npx dnn-lab-grader --help`); this is what they are made of.
 *
 * @module dnn-lab-grader
 */
export { AuthoringError } from "./assignment/grader-cell";
export { assignmentOf, readAssignment, type Assignment } from "./assignment/assignment";
export { proveAssignment, writeRelease } from "./authoring/author";
export { readSubmission } from "./archive/submission";
export { gradeSubmission } from "./grading/grade";
export type { Graded } from "./grading/result";
export { bubblewrap } from "./sandbox/bubblewrap";
export { noContainment, type Containment } from "./sandbox/containment";
