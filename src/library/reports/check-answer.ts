/** Exercises of a notebook whose answers are checked where they are given. */
import { checkFunction, checkOptions } from "dnn-lab-core/check";
import { process } from "../platform";

/** Options of {@link checkAnswer}. */
export interface CheckAnswerOptions {
  /** What to think of when the answer is wrong. */
  readonly hint?: string;
}

/**
 * Checks the answer to an exercise: prints `✓` when it is right, `✗` with the hint when it is not, and `○` while it is undefined, as in the
 * notebook that is handed out. It throws for none of them, so that the cells below can be run.
 *
 * @param exercise its name or the question in short.
 * @param answer undefined: not answered yet.
 * @param isRight tells whether an answer is right; what it throws counts as a wrong answer, with the message shown.
 * @example checkAnswer("the rate after s steps", 0.005, (rate) => Math.abs(rate - 0.005) < 1e-9, { hint: "put t = s into eq. (1)" })
 */
export function checkAnswer<T>(
  exercise: string,
  answer: T | undefined,
  isRight: (answer: T) => boolean,
  options: CheckAnswerOptions = {},
): void {
  const { hint } = checkOptions("checkAnswer", options, { hint: true });
  checkFunction("checkAnswer", "isRight", isRight);
  process.stdout.write(`${judged(exercise, answer, isRight, hint)}\n`);
}

function judged<T>(
  exercise: string,
  answer: T | undefined,
  isRight: (answer: T) => boolean,
  hint: string | undefined,
): string {
  if (answer === undefined) return `○ ${exercise}: not answered yet`;
  const advice = hint === undefined ? "" : `; ${hint}`;
  try {
    const right = isRight(answer);
    if (typeof right !== "boolean")
      throw new TypeError(`checkAnswer: isRight of '${exercise}' must give true or false, it gave ${String(right)}.`);
    return right ? `✓ ${exercise}` : `✗ ${exercise}: not right yet${advice}`;
  } catch (error) {
    return `✗ ${exercise}: ${error instanceof Error ? error.message : String(error)}${advice}`;
  }
}
