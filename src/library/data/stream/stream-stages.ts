/** The steps between a source and a training loop, on elements that come one after another; tf.data's semantics. */
import { passGenerator, type ShuffleRule } from "../shuffle";
import { type Maybe, type Open, type Pull, whenThere, whileTrue } from "./pull";
import { pullFrom } from "./stream-source";

/** See `shuffledOrder`: the same order, without knowing how many elements will come. */
export function shuffled<T>(open: Open<T>, rule: ShuffleRule): Open<T> {
  return (pass) => {
    const source = open(pass);
    const random = passGenerator(rule, pass);
    const buffer: T[] = [];
    // The waiting elements are slots first … end − 1 of a ring.
    let [first, end, ended] = [0, 0, false];
    const fillOne = (): Maybe<boolean> =>
      whenThere(source.next(), (element) => {
        if (element === undefined) ended = true;
        else buffer[end++ % rule.bufferSize] = element;
        return !ended && end - first < rule.bufferSize;
      });
    const draw = (): T | undefined => {
      if (end === first) return undefined;
      const drawn = (first + (random.uint32() % (end - first))) % rule.bufferSize;
      const element = buffer[drawn];
      buffer[drawn] = buffer[first++ % rule.bufferSize];
      return element;
    };
    return { next: () => (ended ? draw() : whenThere(whileTrue(fillOne), draw)), close: () => source.close() };
  };
}

/** Joins so many elements; the last batch holds what is left, unless it is dropped. */
export function batched<T>(open: Open<T>, batchSize: number, dropRemainder: boolean): Open<readonly T[]> {
  return (pass) => {
    const source = open(pass);
    let ended = false;
    const next = (): Maybe<readonly T[] | undefined> => {
      if (ended) return undefined;
      const batch: T[] = [];
      const takeOne = (): Maybe<boolean> =>
        whenThere(source.next(), (element) => {
          if (element === undefined) ended = true;
          else batch.push(element);
          return !ended && batch.length < batchSize;
        });
      const isWhole = () => batch.length === batchSize || (batch.length > 0 && !dropRemainder);
      return whenThere(whileTrue(takeOne), () => (isWhole() ? batch : undefined));
    };
    return { next, close: () => source.close() };
  };
}

/** Elements number `from` to `to` − 1, and of these each `every`-th. Where nothing more can come, the source is closed. */
export function sliced<T>(open: Open<T>, from: number, to: number, every = 1): Open<T> {
  return (pass) => {
    const source = open(pass);
    let at = 0;
    const next = (): Maybe<T | undefined> => {
      if (at >= to) {
        source.close();
        return undefined;
      }
      let found: T | undefined;
      const takeOne = (): Maybe<boolean> =>
        whenThere(source.next(), (element) => {
          const place = at++;
          const wanted = place >= from && (place - from) % every === 0;
          if (wanted) found = element;
          return element !== undefined && !wanted && at < to;
        });
      return whenThere(whileTrue(takeOne), () => found);
    };
    return { next, close: () => source.close() };
  };
}

/** The passes of the source, `count` of them one after another as one; each with its own order. */
export function repeated<T>(open: Open<T>, count: number): Open<T> {
  return (pass) => {
    const first = Number.isFinite(count) ? pass * count : pass;
    let [round, source, isEmpty] = [0, open(first), true];
    const next = (): Maybe<T | undefined> => {
      let found: T | undefined;
      const tryOne = (): Maybe<boolean> =>
        whenThere(source.next(), (element) => {
          found = element;
          if (element !== undefined) isEmpty = false;
          if (element !== undefined || isEmpty || round + 1 >= count) return false;
          source.close();
          source = open(first + ++round);
          isEmpty = true;
          return true;
        });
      return whenThere(whileTrue(tryOne), () => found);
    };
    return { next, close: () => source.close() };
  };
}

/** Keeps the elements of the first whole pass, and gives them in all later ones. */
export function cached<T>(open: Open<T>): Open<T> {
  let kept: readonly T[] | undefined;
  return (pass) => {
    if (kept) return pullFrom(kept);
    const source = open(pass);
    const seen: T[] = [];
    const next = () =>
      whenThere(source.next(), (element) => {
        if (element === undefined) kept = seen;
        else seen.push(element);
        return element;
      });
    return { next, close: () => source.close() };
  };
}

/** `blockLength` elements of each of `cycleLength` open streams in turn; where one ends, the next one is opened. */
export function interleaved<T>(all: readonly Open<T>[], cycleLength: number, blockLength: number): Open<T> {
  return (pass) => {
    const slots = Array<Pull<T> | undefined>(Math.min(cycleLength, all.length)).fill(undefined);
    let [opened, at, taken] = [0, 0, 0];
    const advance = () => ([at, taken] = [(at + 1) % slots.length, 0]);
    const next = (): Maybe<T | undefined> => {
      let found: T | undefined;
      const tryOne = (): Maybe<boolean> => {
        if (!slots[at] && opened < all.length) slots[at] = all[opened++](pass);
        const source = slots[at];
        if (!source) {
          advance();
          return slots.some(Boolean);
        }
        return whenThere(source.next(), (element) => {
          found = element;
          if (element === undefined) {
            source.close();
            slots[at] = undefined;
            advance();
          } else if (++taken === blockLength) advance();
          return element === undefined && (opened < all.length || slots.some(Boolean));
        });
      };
      return whenThere(whileTrue(tryOne), () => found);
    };
    return { next, close: () => slots.forEach((source) => source?.close()) };
  };
}
