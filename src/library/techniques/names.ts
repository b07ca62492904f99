/** Names of losses and metrics in Keras' spellings: camelCase, snake_case, CamelCase and short. */
import { guess, list } from "dnn-lab-core/check";

/** The entry that a name stands for. `table` has camelCase names, `short` the short ones. Throws for an unknown name. */
export function byName<T>(what: string, name: string, table: Readonly<Record<string, T>>, short: Aliases): T {
  const alias = Object.keys(short).find((known) => plain(known) === plain(name));
  const wanted = plain(alias === undefined ? name : short[alias]);
  const found = Object.keys(table).find((known) => plain(known) === wanted);
  if (found !== undefined) return table[found];
  const known = Object.keys(table);
  throw new TypeError(
    `compile: unknown ${what} '${name}'.${guess(name, [...known, ...Object.keys(short)])} Known are ${list(known)} ` +
      `(also in snake_case), in short ${list(Object.keys(short))}, and functions of your own.`,
  );
}

/** Short name → camelCase name. */
export type Aliases = Readonly<Record<string, string>>;

function plain(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}
