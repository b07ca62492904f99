/** Work done ahead, while the consumer waits. */

/**
 * Yields `prepare(input)` for each input in order, keeping up to `ahead` results ready: after each hand-over the next
 * ones are prepared as soon as the event loop is free, that is while the consumer awaits something. A consumer that
 * never waits has each one prepared when it asks.
 */
export function* preparedAhead<Input, Result>(
  inputs: readonly Input[],
  prepare: (input: Input) => Result,
  ahead: number,
): Generator<Result, void, undefined> {
  const ready: Result[] = [];
  let next = 0;
  let timer: NodeJS.Immediate | undefined;
  // One result an event-loop turn, so that other work gets its turn too.
  const work = () => {
    timer = undefined;
    if (ready.length >= ahead || next >= inputs.length) return;
    try {
      ready.push(prepare(inputs[next]));
    } catch {
      // Nobody could catch it here: the consumer meets the same fault when it asks for this result.
      return;
    }
    next++;
    timer = setImmediate(work);
  };
  try {
    while (ready.length > 0 || next < inputs.length) {
      const result = ready.shift() ?? prepare(inputs[next++]);
      if (ahead > 0) timer ??= setImmediate(work);
      yield result;
    }
  } finally {
    clearImmediate(timer);
  }
}
