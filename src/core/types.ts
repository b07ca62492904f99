/** Types that several folders speak in. */

/** A learning rate as a pure function of the optimizer step (from 0). */
export type Schedule = (step: number) => number;

/** What an epoch or an evaluation ends with: metric name → value. */
export type Logs = Record<string, number>;

/** Environment variables, as `process.env` has them; without Node's types, so that declarations need none of them. */
export type Environment = Readonly<Record<string, string | undefined>>;
