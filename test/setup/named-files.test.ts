/** Files that guides and comments name are there: who follows the name must find one. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(__dirname, "..", "..");
const textsIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|mjs|py|md)$/.test(name) && !/(^|[\\/])(dist|node_modules|api)[\\/]/.test(name))
    .map((name) => join(folder, name));

it("src/…, scripts/… and test/… in guides and comments are files of this repository", () => {
  const texts = [...textsIn("src"), ...textsIn("scripts"), ...textsIn("docs"), "README.md", "CONTRIBUTING.md"];
  const named = texts.flatMap((path) =>
    [
      ...readFileSync(join(root, path), "utf8").matchAll(
        /(?<![\w./-])((?:src|scripts|test)\/[\w/-]+\.(?:test\.)?(?:ts|mjs|py))\b/g,
      ),
    ].map(([, file]) => ({ path, file: file! })),
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ file }) => !existsSync(join(root, file))).map(({ path, file }) => `${path}: ${file}`)).toEqual(
    [],
  );
});
