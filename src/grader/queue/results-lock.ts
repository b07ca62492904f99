/** One grader at a time on a folder of results: two would write each other's tables. */
import { takeFolder } from "dnn-lab-core/folder-lock";

/**
 * Takes a folder of results for this process, and makes it; returns the function that gives it back.
 * @throws Error when another grader works there, or nothing can be written there
 */
export const takeResults = (folder: string): (() => void) =>
  takeFolder(folder, { file: ".grading.lock", work: "is grading", remedy: "give another folder with --results" });
