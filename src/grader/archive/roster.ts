/** A class list: who is expected, and under which names downloads know them. */
import { readFileSync } from "node:fs";
import Papa from "papaparse";

export interface Person {
  /** What marks and results go by. */
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly group: string;
  /** Time beyond the due date: a date, or an amount such as `2d` or `36h`; empty for none. */
  readonly extension: string;
  readonly variant: string;
}

/** Headings of the learning platforms' own lists, in small letters. */
const headings = {
  id: [
    "id",
    "student_id",
    "student id",
    "id number",
    "idnumber",
    "sis user id",
    "sid",
    "username",
    "login id",
    "user id",
  ],
  name: ["name", "full name", "student", "fullname"],
  first: ["first name", "firstname", "given name", "first_name"],
  last: ["last name", "lastname", "surname", "last_name"],
  email: ["email", "e-mail", "email address", "mail"],
  group: ["group", "section", "groups"],
  extension: ["extension"],
  variant: ["variant"],
} as const;

type Row = Readonly<Record<string, string | undefined>>;

/** Letters alone, small and without accents: as platforms write names into files' names. */
const letters = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

function field(row: Row, what: keyof typeof headings): string {
  const found = Object.entries(row).find(([name]) =>
    (headings[what] as readonly string[]).includes(name.trim().toLowerCase()),
  );
  return found?.[1]?.trim().normalize("NFC") ?? "";
}

/** First and last name: "Lovelace, Ada", "Ada Lovelace", or in columns of their own. */
function namesOf(row: Row): readonly [first: string, last: string] {
  const [first, last, whole] = [field(row, "first"), field(row, "last"), field(row, "name")];
  if (first || last || !whole) return [first, last];
  const comma = /^([^,]+),\s*(.+)$/.exec(whole);
  if (comma) return [comma[2]!, comma[1]!];
  const words = whole.split(/\s+/);
  return [words.slice(0, -1).join(" "), words.at(-1)!];
}

function personIn(row: Row, line: number, path: string): Person {
  const id = field(row, "id") || field(row, "email");
  if (id === "") throw new TypeError(`${path}, line ${line}: it has neither an id nor an e-mail address`);
  const [firstName, lastName] = namesOf(row);
  const rest = (["email", "group", "extension", "variant"] as const).map((name) => [name, field(row, name)] as const);
  return {
    id,
    firstName,
    lastName,
    ...(Object.fromEntries(rest) as Pick<Person, "email" | "group" | "extension" | "variant">),
  };
}

/** All ways in which a download may name somebody. */
function aliasesOf({ id, firstName, lastName, email }: Person): string[] {
  const names = [`${firstName} ${lastName}`, `${lastName} ${firstName}`].map(letters);
  return [letters(id), letters(email), letters(email.split("@")[0]!), ...names].filter((alias) => alias !== "");
}

export class Roster {
  private readonly byAlias = new Map<string, Set<Person>>();

  private constructor(readonly people: readonly Person[]) {
    for (const person of people)
      for (const alias of aliasesOf(person))
        this.byAlias.set(alias, (this.byAlias.get(alias) ?? new Set()).add(person));
  }

  /**
   * Reads a class list: CSV with a column `id` (or `email`), and as far as they are known `name`, `email`, `group`, `extension`,
   * `variant`; lists as Canvas, Moodle and Gradescope export them are read too.
   * @throws TypeError that names the line, when the file is not such a list
   */
  static read(path: string): Roster {
    const text = readFileSync(path, "utf8").replace(/^\ufeff/, "");
    const { data, meta, errors } = Papa.parse<Row>(text, { header: true, skipEmptyLines: "greedy" });
    const known = (meta.fields ?? []).map((name) => name.trim().toLowerCase());
    if (![...headings.id, ...headings.email].some((name) => known.includes(name)))
      throw new TypeError(`${path}: a class list needs a column id or email, it has ${known.join(", ") || "none"}`);
    const broken = errors.find(({ type }) => type === "Quotes");
    if (broken) throw new TypeError(`${path}, line ${(broken.row ?? 0) + 1}: ${broken.message}`);
    // Canvas has a line of greatest points below the headings.
    const people = data.flatMap((row, i) =>
      /^\s*points possible/i.test(field(row, "name")) ? [] : [personIn(row, i + 2, path)],
    );
    const twice = people.find(({ id }, i) => people.findIndex((other) => other.id === id) !== i);
    if (twice) throw new TypeError(`${path}: ${twice.id} is there twice`);
    return new Roster(people);
  }

  /** Who is meant by any of the names; undefined when it is nobody, or might be several. */
  find(...names: readonly string[]): Person | undefined {
    for (const name of names) {
      const exact = this.people.find(({ id }) => id === name.normalize("NFC"));
      if (exact) return exact;
      const found = this.byAlias.get(letters(name));
      if (found?.size === 1) return [...found][0];
    }
    return undefined;
  }
}
