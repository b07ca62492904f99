/** One meaning a name: packages share no file name, and no two classes have the same name. */
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(__dirname, "..", "..", "src");
/** Doors of folders: each package has them. */
const SHARED = ["index.ts"];

interface SourceFile {
  readonly part: string;
  readonly path: string;
}

const files: SourceFile[] = readdirSync(source).flatMap((part) =>
  readdirSync(join(source, part), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/(^|[\\/])(dist|node_modules)[\\/]/.test(path))
    .map((path) => ({ part, path: join(source, part, path) })),
);

/** The entries that have more than one value under their key. */
function repeated<T>(entries: readonly T[], keyOf: (entry: T) => string, valueOf: (entry: T) => string): string[] {
  const found = new Map<string, Set<string>>();
  for (const entry of entries) {
    const key = keyOf(entry);
    found.set(key, (found.get(key) ?? new Set()).add(valueOf(entry)));
  }
  return [...found].filter(([, values]) => values.size > 1).map(([key, values]) => `${key}: ${[...values].join(", ")}`);
}

/** The classes of a file's top level. */
const classesOf = (path: string): string[] =>
  [...readFileSync(path, "utf8").matchAll(/^(?:export )?(?:abstract )?class (\w+)/gm)].map(([, name]) => name);

describe("names in src", () => {
  it("no two packages have a file of the same name", () => {
    const named = files.filter(({ path }) => !SHARED.includes(basename(path)));
    expect(named.length).toBeGreaterThan(300);
    expect(
      repeated(
        named,
        ({ path }) => basename(path),
        ({ part }) => part,
      ),
    ).toEqual([]);
  });

  it("no two files have a class of the same name", () => {
    const classes = files.flatMap(({ path }) => classesOf(path).map((name) => ({ name, path })));
    expect(classes.length).toBeGreaterThan(50);
    expect(
      repeated(
        classes,
        ({ name }) => name,
        ({ path }) => path,
      ),
    ).toEqual([]);
  });
});
