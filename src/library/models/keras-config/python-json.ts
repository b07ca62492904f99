/** JSON for Python, to which 1 and 1.0 are two kinds of number: some settings must not be whole ones. */

const FLOATS: ReadonlySet<string> = new Set(
  [
    "learning_rate momentum beta_1 beta_2 epsilon weight_decay clipnorm clipvalue global_clipnorm ema_momentum rho",
    "initial_accumulator_value initial_learning_rate decay_rate end_learning_rate power alpha warmup_target t_mul m_mul",
    "rate stddev label_smoothing gamma delta beta dropout recurrent_dropout mask_value negative_slope threshold scale",
    "offset l1 l2 minval maxval mean gain values",
  ].flatMap((names) => names.split(" ")),
);
/** Stands before a whole number that is to be written with ".0"; no setting has it. */
const MARK = "\u0001";

export function kerasJson(value: unknown): string {
  const marked = (one: unknown): unknown => (Number.isInteger(one) ? `${MARK}${String(one)}` : one);
  const text = JSON.stringify(value, (key, one: unknown) => {
    if (!FLOATS.has(key)) return one;
    return Array.isArray(one) ? one.map(marked) : marked(one);
  });
  return text.replace(/"\\u0001(-?\d+)"/g, "$1.0");
}
