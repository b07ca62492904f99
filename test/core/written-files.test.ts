/** Files that are whole or not there, and the folders they lie in. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, parse } from "node:path";
import {
  findUpward,
  isBelow,
  packageFolder,
  temporaryName,
  writeAtomically,
  writeFileAtomic,
  writeFileDurable,
} from "dnn-lab-core/files";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "files ")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const writers: [string, (path: string, text: string) => void | Promise<void>][] = [
  ["writeFileAtomic", writeFileAtomic],
  ["writeFileDurable", (path, text) => writeFileDurable(path, [bytes(text.slice(0, 2)), bytes(text.slice(2))])],
  ["writeAtomically", (path, text) => writeAtomically(path, (temporary) => writeFileSync(temporary, text))],
];

describe.each(writers)("%s", (_, write) => {
  it("makes the folder, writes over what was there, and leaves nothing else", async () => {
    const path = join(folder, "a", "b", "c.txt");
    await write(path, "first");
    await write(path, "second, longer");
    expect(readFileSync(path, "utf8")).toBe("second, longer");
    expect(readdirSync(dirname(path))).toEqual(["c.txt"]);
  });

  it("leaves nothing where it fails", async () => {
    const path = join(folder, "taken");
    mkdirSync(join(path, "by a folder"), { recursive: true });
    await expect((async () => write(path, "text"))()).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});

describe("writeAtomically", () => {
  it("keeps the old file and removes the half of a new one when the writer fails", async () => {
    const path = join(folder, "a.txt");
    writeFileSync(path, "old");
    const half = writeAtomically(path, (temporary) => {
      writeFileSync(temporary, "ha");
      throw new Error("no space");
    });
    await expect(half).rejects.toThrow("no space");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });

  it("waits for a writer that takes its time", async () => {
    const path = join(folder, "a.txt");
    await writeAtomically(path, async (temporary) => {
      await Promise.resolve();
      writeFileSync(temporary, "late");
    });
    expect(readFileSync(path, "utf8")).toBe("late");
  });
});

describe("temporaryName", () => {
  it("lies in the same folder, is hidden, and is another each time", () => {
    const path = join(folder, "model.keras");
    const [a, b] = [temporaryName(path), temporaryName(path)];
    expect(dirname(a)).toBe(folder);
    expect(basename(a)).toMatch(new RegExp(String.raw`^\.model\.keras\.${process.pid}\.[0-9a-f]{8}\.tmp$`));
    expect(a).not.toBe(b);
  });

  it("is short enough for a name of any length", () => {
    expect(Buffer.byteLength(basename(temporaryName(join(folder, "é".repeat(127)))))).toBeLessThan(140);
  });
});

describe("findUpward", () => {
  it("finds what lies nearest, the folder itself first", () => {
    mkdirSync(join(folder, "a", "b"), { recursive: true });
    writeFileSync(join(folder, "mark"), "");
    expect(findUpward(join(folder, "a", "b"), "mark")).toBe(folder);
    writeFileSync(join(folder, "a", "b", "mark"), "");
    expect(findUpward(join(folder, "a", "b"), "mark")).toBe(join(folder, "a", "b"));
  });

  it("looks in the root of the file system last", () => {
    const { root } = parse(folder);
    expect(findUpward(folder, readdirSync(root)[0]!)).toBe(root);
    expect(findUpward(folder, "surely-nobody-has-this")).toBeUndefined();
  });
});

it("packageFolder tells that an installation is damaged", () => {
  expect(packageFolder(__dirname)).toBe(join(__dirname, "..", ".."));
  expect(() => packageFolder(parse(folder).root)).toThrow(
    `No package.json was found at or above ${parse(folder).root}: the installation is damaged`,
  );
});

describe("isBelow", () => {
  it.each([
    ["a", "a", true],
    ["a/b/c", "a", true],
    ["a/not/there", "a", true],
    ["ab", "a", false],
    [".", "a", false],
    ["b/../a/b", "a", true],
    ["a/..b", "a", true],
  ])("%s in %s: %s", (path, other, expected) => {
    mkdirSync(join(folder, "a", "b"), { recursive: true });
    expect(isBelow(join(folder, path), join(folder, other))).toBe(expected);
  });

  it("follows links of both, also above what is not there yet", () => {
    mkdirSync(join(folder, "real"));
    symlinkSync(join(folder, "real"), join(folder, "link"), "junction");
    expect(isBelow(join(folder, "link", "new", "file"), join(folder, "real"))).toBe(true);
    expect(isBelow(join(folder, "real", "x"), join(folder, "link"))).toBe(true);
    symlinkSync(tmpdir(), join(folder, "real", "out"), "junction");
    expect(isBelow(join(folder, "real", "out", "x"), join(folder, "real"))).toBe(false);
    expect(existsSync(join(folder, "real", "out"))).toBe(true);
  });
});
