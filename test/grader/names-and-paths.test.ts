/** Names of students as folders, paths in archives, and cells of tables: what may be in them, and what becomes of it. */
import { describe, expect, it } from "vitest";
import { folderOf } from "../../src/grader/archive/student-names";
import { isLitter, pathIn } from "../../src/grader/archive/zip-paths";
import { csv } from "../../src/grader/grading/csv";

describe("the folder of a student's results", () => {
  it.each([
    ["Ada Lovelace", "Ada Lovelace"],
    ["a/b", "a%2Fb"],
    ['<>:"|?*\\%', "%3C%3E%3A%22%7C%3F%2A%5C%25"],
    [".ada", "~.ada~"],
    ["~ada", "~~ada~"],
    ["ada.", "~ada.~"],
    ["ada ", "~ada ~"],
    ["ada.csv", "~ada.csv~"],
    ["ada.JSON", "~ada.JSON~"],
    ["ada.damaged-2", "~ada.damaged-2~"],
    ["ada.csv.b", "ada.csv.b"],
    ["csv", "csv"],
  ])("%j has %j", (student, folder) => expect(folderOf(student)).toBe(folder));

  it("of a name that no system takes is cut, and tells by a hash whose it is", () => {
    expect(folderOf("a".repeat(200))).toBe("a".repeat(200));
    const [one, other] = [folderOf("a".repeat(201)), folderOf(`${"a".repeat(200)}b`)];
    expect(one).toMatch(/^~a{40}-[0-9a-f]{16}$/);
    expect(other).toMatch(/^~a{40}-[0-9a-f]{16}$/);
    expect(one).not.toBe(other);
    // Whole characters, of which some take four bytes.
    expect(folderOf("\u{1F9EE}".repeat(60))).toMatch(/^~\u{1F9EE}{40}-/u);
  });
});

describe("a path in an archive", () => {
  const path = (name: string | Uint8Array) => pathIn(typeof name === "string" ? Buffer.from(name) : name);

  it.each([
    ["a/b.ipynb", "a/b.ipynb", false],
    ["./a//b.ipynb", "a/b.ipynb", false],
    ["a\\b.ipynb", "a/b.ipynb", false],
    ["a/", "a", true],
    ["a/.", "a", true],
    ["./", "", true],
    [".", "", true],
    ["ab:c", "ab:c", false],
    ["1:x", "1:x", false],
    ["...", "...", false],
    ["Zoe\u0308.ipynb", "Zo\u00eb.ipynb", false],
    ["\ufeffa", "\ufeffa", false],
  ])("%j is %j", (name, expected, isFolder) => expect(path(name)).toMatchObject({ path: expected, isFolder }));

  it("of other bytes than UTF-8 has a character for each", () =>
    expect(path(Uint8Array.of(0x5a, 0x6f, 0xeb)).path).toBe("Zo\u00eb"));

  it.each(["/a", "\\a", "c:a", "C:\\a", "../a", "a/../b", "a/.."])("%j leads outside", (name) =>
    expect(() => path(name)).toThrow(`a path that leads outside, ${JSON.stringify(name)}`),
  );

  it.each(["", "a\u0000b", "a\nb", "a/\u007f", `${"a/".repeat(100)}b`, `${"\u{1F9EE}".repeat(64)}`])(
    "%j cannot be used",
    (name) => expect(() => path(name)).toThrow("a name that cannot be used"),
  );

  it("may have 200 characters, and 255 bytes a part; messages show 80 characters", () => {
    expect(path("a".repeat(200)).path).toHaveLength(200);
    expect(() => path("a".repeat(201))).toThrow(/cannot be used, "a{80}"$/);
    expect(path(`${"\u20ac".repeat(85)}/a`).isFolder).toBe(false);
    expect(() => path(`${"\u20ac".repeat(86)}/a`)).toThrow("cannot be used");
  });

  it.each(["node_modules/x.js", "a/Node_Modules/x", "node_modules/"])("%j is a folder to leave out", (name) =>
    expect(() => path(name)).toThrow("leave it out"),
  );

  it.each([
    ["__MACOSX/a", true],
    ["a/.ipynb_checkpoints/a.ipynb", true],
    [".git/config", true],
    ["a/._b", true],
    ["a/.DS_Store", true],
    ["Thumbs.db", true],
    // A file of that name is none of these folders, and longer names are others.
    ["__MACOSX", false],
    ["my__MACOSX/a", false],
    ["__MACOSX2/a", false],
    ["my.DS_Store", false],
    [".DS_Store2", false],
    ["Thumbs.db/a", false],
  ])("%j is litter: %s", (name, expected) => expect(isLitter(name)).toBe(expected));
});

it("cells are quoted where they must be; texts are no formulas, numbers stay numbers", () => {
  expect(csv([["a,b", 'say "x"', "two\nlines", "plain"]])).toBe('"a,b","say ""x""","two\nlines",plain\n');
  expect(csv([["=1+1", "-5", "@x", -5, 0.5], ["x"]])).toBe("'=1+1,'-5,'@x,-5,0.5\nx\n");
});
