/** Where the samples of a stream come from: the user's generator, opened anew for each pass. */
import { messageOf } from "dnn-lab-core/errors";
import { isLater, type Maybe, type Open, type Pull } from "./pull";
import { type GivenSample, sampleReader, type StreamForm, type StreamSample } from "./stream-sample";

/** What a generator is told. */
export interface StreamPass {
  /** Number of the pass, from 0. */
  readonly pass: number;
}

/**
 * Makes the samples of a pass: a generator function or an async one, or any function that gives something to iterate
 * over. It is called once for each pass.
 */
export type SampleGenerator = (pass: StreamPass) => Iterable<GivenSample> | AsyncIterable<GivenSample>;

export interface StreamSource {
  readonly name: string;
  readonly generator: SampleGenerator;
  readonly form: StreamForm;
  /** Samples that each pass must have; undefined when it may be any number. */
  readonly size: number | undefined;
}

/** Opens the source; what goes wrong in it is told with the number of the sample. */
export function sourceOpener({ name, generator, form, size }: StreamSource): Open<StreamSample> {
  return (pass) => {
    const read = sampleReader(form);
    const iterator = iteratorOf(name, generator, pass);
    let count = 0;
    const failed = (error: unknown): Error =>
      new Error(`${name}: sample ${count} of pass ${pass}: ${messageOf(error)}`, { cause: error });
    const use = ({ done, value }: IteratorResult<unknown>): StreamSample | undefined => {
      if (done) {
        if (size === undefined || count === size) return undefined;
        throw new Error(`${name}: pass ${pass} ended after ${count} samples, and size says ${size}.`);
      }
      if (count === size) throw new Error(`${name}: pass ${pass} has more than ${size} samples, which size says.`);
      try {
        const sample = read(value, count);
        count++;
        return sample;
      } catch (error) {
        throw failed(error);
      }
    };
    const next = (): Maybe<StreamSample | undefined> => {
      let result: Maybe<IteratorResult<unknown>>;
      try {
        result = iterator.next();
      } catch (error) {
        throw failed(error);
      }
      if (!isLater(result)) return use(result);
      return result.then(use, (error: unknown) => {
        throw failed(error);
      });
    };
    return { next, close: () => closeQuietly(iterator) };
  };
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

function iteratorOf(name: string, generator: SampleGenerator, pass: number): AnyIterator {
  const made = generator({ pass }) as Partial<Iterable<unknown> & AsyncIterable<unknown>> | undefined;
  const iterator = made?.[Symbol.asyncIterator]?.() ?? made?.[Symbol.iterator]?.();
  if (iterator) return iterator;
  throw new TypeError(
    `${name}: the generator must give something to iterate over. Write function* () { yield [features, label]; }, or async function*.`,
  );
}

/** Lets the generator's `finally` blocks run. */
function closeQuietly(iterator: AnyIterator): void {
  try {
    const closed: unknown = iterator.return?.();
    if (closed instanceof Promise) closed.catch(() => undefined);
  } catch {
    // The training is over, or has its own error already.
  }
}

/** A pull over what is in memory. */
export function pullFrom<T>(elements: readonly T[]): Pull<T> {
  let next = 0;
  return { next: () => elements[next++], close: () => undefined };
}
