/** The three kinds of end: graded, refused ({@link RefusedError}), or a grader error: a fault of the machine, never a grade. */
import { RefusedError } from "../archive/refused-error";

/** A fault of whoever grades: the job is tried again, and no result is stored. */
export class GraderError extends Error {
  override readonly name = "GraderError";
}

/** Whether the system refused something: no space, no rights, a file that is gone. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).errno === "number";
}

/**
 * Does work that depends on the submission alone, so that every error is the submission's.
 * @throws RefusedError in place of any error, with `what` could not be done; GraderError when the system failed
 */
export function ofContent<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RefusedError || error instanceof GraderError) throw error;
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (isSystemError(error)) throw new GraderError(message.slice(0, 500), { cause: error });
    throw new RefusedError(`${what} (${message.slice(0, 200)})`, { cause: error });
  }
}
