/** `clean` takes outputs out, and changes no program. */
import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cleanNotebooks } from "../../src/notebooks/python/python";
import { code, notebook, stdout } from "./notebooks";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "clean "))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dirty = { outputs: [stdout("x")], execution_count: 3 };
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const cleaned = (path: string): { text: string; cells: Record<string, unknown>[] } => {
  expect(cleanNotebooks([path])).toEqual([{ notebook: path, changed: true }]);
  const text = readFileSync(path, "utf8");
  return { text, cells: (JSON.parse(text) as { cells: Record<string, unknown>[] }).cells };
};

it("template, pystr: leaves every character of a source, blanks at the ends of lines too", () => {
  const source = 'const md = `one  \ntwo`;\ns = """a   \nb"""\n\n';
  const path = file("a.ipynb", JSON.stringify(notebook([code(source, [], dirty)]), null, 1));
  expect(cleaned(path).cells[0]).toMatchObject({ source, outputs: [], execution_count: null });
});

it("keep: leaves outputs that are tagged keep_output, and sources that are hidden", () => {
  const metadata = { tags: ["keep_output"], jupyter: { source_hidden: true }, collapsed: true };
  const path = file("k.ipynb", JSON.stringify(notebook([code("1", [], { ...dirty, metadata })]), null, 1));
  expect(cleaned(path).cells[0]).toMatchObject({
    ...dirty,
    metadata: { tags: ["keep_output"], jupyter: { source_hidden: true } },
  });
});

it("leaves mode, links, ends of lines, indentation and the order of keys", () => {
  const text = `${JSON.stringify({ nbformat_minor: 5, nbformat: 4, metadata: {}, cells: [code("1", [], dirty)] }, null, 2)}\n`;
  const path = file("m.ipynb", text.replaceAll("\n", "\r\n"));
  chmodSync(path, 0o640);
  const link = join(folder, "link.ipynb");
  symlinkSync(path, link);
  const { text: after } = cleaned(link);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(after).toMatch(/^\{\r\n {2}"nbformat_minor": 5,\r\n {2}"nbformat": 4,\r\n/);
  expect(after.endsWith("}\r\n")).toBe(true);
});

it("leaves a file alone that is clean, whatever its layout, and says what is no notebook", () => {
  const path = file("c.ipynb", JSON.stringify(notebook([code("1  ")])));
  const before = readFileSync(path, "utf8");
  expect(cleanNotebooks([path])).toEqual([{ notebook: path, changed: false }]);
  expect(readFileSync(path, "utf8")).toBe(before);
  expect(cleanNotebooks([file("x.ipynb", "[1")])[0].error).toContain("x.ipynb: ");
});
