/** The library and what it takes from the system: one module of each package does, so that another system has one to provide. */
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { expect, it } from "vitest";

const source = join(__dirname, "..", "..", "src");
const nodeImport = /\bfrom "node:|\b(?:require|import)\("node:|^import "node:/m;

const files = (name: string): string[] =>
  readdirSync(join(source, name), { recursive: true, encoding: "utf8" })
    .map((file) => file.split(sep).join("/"))
    .filter((file) => file.endsWith(".ts") && !/(^|\/)(dist|node_modules)\//.test(file));

/** A source without its comments. */
const codeOf = (text: string): string => text.replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");

/** Sources of a package that import modules of Node. */
const usersOfNode = (name: string): string[] =>
  files(name)
    .filter((file) => nodeImport.test(readFileSync(join(source, name, file), "utf8")))
    .sort();

it("the library imports modules of Node in its platform module alone; commands apart, which run under Node only", () => {
  const users = usersOfNode("library");
  expect(users).toContain("platform/index.ts");
  expect(users.filter((file) => !/^(platform|cli|setup)\//.test(file))).toEqual([]);
});

it("the library asks for the process and loads modules through it, too", () => {
  const asks = /(?<![\w.$])(?:process\.\w|require\(|require\.)/;
  const withoutPlatform = files("library").filter((file) => {
    const text = codeOf(readFileSync(join(source, "library", file), "utf8"));
    const taken = /import \{[^}]*\bprocess\b[^}]*\} from "(?:\.\.\/)+platform"/.test(text);
    return asks.test(taken ? text.replaceAll(/\bprocess\./g, "") : text);
  });
  expect(withoutPlatform.filter((file) => !/^(platform|cli|setup)\//.test(file))).toEqual([]);
  expect(asks.test("const a = process.env;") && asks.test('require("x")')).toBe(true);
});

it("core imports them in the modules that files, hashes and processes are for", () => {
  expect(usersOfNode("core")).toEqual([
    "checks/plain-value.ts",
    "commit.ts",
    "environment-program.ts",
    "files.ts",
    "folder-lock.ts",
    "folders.ts",
    "hash.ts",
    "optional-package.ts",
    "package-file.ts",
    "progress.ts",
  ]);
});

it("every form of such an import is noticed", () => {
  const texts = [
    'import { join } from "node:path";',
    'import "node:fs";',
    'const a = require("node:fs");',
    'await import("node:os")',
  ];
  expect(texts.filter((text) => !nodeImport.test(text))).toEqual([]);
  expect(nodeImport.test('import { join } from "../platform"; // node:path')).toBe(false);
});
