/** What is handed in, good and bad: each bad file is refused with a reason that its student can act on. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSubmission } from "../../src/grader/archive/submission";
import { readZip, writeZip } from "../../src/grader/archive/zip";
import { templateOf } from "../../src/grader/authoring/release";
import { marksCsv } from "../../src/grader/grading/marks";
import { refused } from "../../src/grader/grading/result";
import { folderOf, printable, resultName, studentOf } from "../../src/grader/archive/student-names";
import { smallAssignment } from "./assignments";

const assignment = smallAssignment();
const notebook = Buffer.from(JSON.stringify(templateOf(assignment)));

interface Entry {
  readonly name: string;
  readonly content?: Uint8Array;
  readonly mode?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly claimedSize?: number;
}

/** A zip archive written byte by byte: libraries do not write bad ones. */
function zip(...entries: Entry[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content = Buffer.from("x"), mode = 0o100644, flags = 0, crc, claimedSize } of entries) {
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc ?? crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claimedSize ?? content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const head = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x03"), common, rest, Buffer.from(name)]));
    local.push(head);
    offset += head.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

const work: Entry = { name: "notebook.ipynb", content: notebook };

describe("a submission", () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "handed-in-"))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const handIn = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };

  it("is a notebook, or an archive with one and what it needs", () => {
    expect(readSubmission(handIn("ada.ipynb", notebook), assignment)).toMatchObject({
      student: "ada",
      claimed: undefined,
    });
    const results = Buffer.from('{"metrics":{"mean":3,"name":"x"},"facts":null}');
    const archive = writeZip(
      new Map([
        ["notebook.ipynb", notebook],
        ["results.json", results],
        ["src/help.ts", Buffer.from("1")],
      ]),
    );
    const { files, claimed, hash } = readSubmission(handIn("bob.zip", archive), assignment);
    expect([...files.keys()]).toEqual(["src/help.ts"]);
    expect(claimed).toEqual({ metrics: { mean: 3 }, facts: null });
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  const named = (name: unknown): string =>
    JSON.stringify({ ...templateOf(assignment), metadata: { dnn_lab: { assignment: { name } } } });
  const other = JSON.stringify({
    ...templateOf(assignment),
    metadata: { dnn_lab: { assignment: { name: "letters" } } },
  });
  it.each<[string, string, string | Uint8Array, RegExp]>([
    ["is text", "a.ipynb", "print(1)", /not a notebook/],
    ["is binary", "a.ipynb", Buffer.from([0xff, 0xfe, 1, 2]), /not a notebook/],
    ["is JSON without cells", "a.ipynb", "{}", /no list of cells/],
    [
      "has entries that are not cells",
      "a.ipynb",
      '{"nbformat":4,"cells":[null]}',
      /entries in its list of cells are not cells/,
    ],
    ["is of an old format", "a.ipynb", '{"nbformat":3,"cells":[]}', /format 3, expected 4/],
    [
      "j01: has an object as its format",
      "a.ipynb",
      '{"nbformat":{"toString":null},"cells":[]}',
      /format {"toString":null}/,
    ],
    ["j02: has an object as its assignment", "a.ipynb", named({ toString: 1 }), /another assignment, {"toString":1}/],
    [
      "j03: has escape sequences as its assignment",
      "a.ipynb",
      named("\u001b[2J\u0007"),
      /assignment, "\\u001b\[2J\\u0007"/,
    ],
    ["is of another assignment", "a.ipynb", other, /another assignment, "letters", expected "numbers"/],
    ["is too large", "a.ipynb", Buffer.alloc(2_000_001, 32), /too large: 2.0 MB, at most 2 MB/],
    ["is a damaged archive", "a.zip", Buffer.from("PK\x03\x04 and no more"), /archive is damaged/],
    ["is an archive without a notebook", "a.zip", zip({ name: "a.txt" }), /has no notebook/],
    ["has several notebooks", "a.zip", zip({ name: "a.ipynb" }, { name: "b.ipynb" }), /has 2 notebooks/],
    ["is encrypted", "a.zip", zip({ ...work, flags: 1 }), /encrypted: hand it in without a password/],
    ["leads outside", "a.zip", zip(work, { name: "../../etc/cron.d/x" }), /leads outside/],
    ["leads outside from the root", "a.zip", zip(work, { name: "/tmp/x" }), /leads outside/],
    ["leads outside as on Windows", "a.zip", zip(work, { name: "..\\x" }), /leads outside/],
    ["brings packages", "a.zip", zip(work, { name: "node_modules/dnn-lab/index.js" }), /leave it out/],
    ["z12: brings packages behind a dot", "a.zip", zip(work, { name: "./node_modules/x/index.js" }), /leave it out/],
    ["brings packages further down", "a.zip", zip(work, { name: "hw/node_modules/x.js" }), /leave it out/],
    [
      "z09: has a file that is a folder too",
      "a.zip",
      zip(work, { name: "data" }, { name: "data/x.csv" }),
      /'data' as a file and as a folder/,
    ],
    [
      "z10: has a name that no file can have",
      "a.zip",
      zip(work, { name: "ü".repeat(150) }),
      /name that cannot be used/,
    ],
    [
      "z16: has content that its checksum denies",
      "a.zip",
      zip(work, { name: "f.txt", crc: 1 }),
      /"f.txt" in its archive is damaged/,
    ],
    [
      "has another size than it says",
      "a.zip",
      zip(work, { name: "f.txt", claimedSize: 9 }),
      /"f.txt" in its archive is damaged/,
    ],
    ["claims four gigabytes", "a.zip", zip(work, { name: "f.txt", claimedSize: 0xffffffff }), /damaged/],
    ["has a link", "a.zip", zip(work, { name: "data", mode: 0o120777 }), /a link or another special file/],
    ["has a device", "a.zip", zip(work, { name: "data", mode: 0o020666 }), /a link or another special file/],
    ["has control characters in a name", "a.zip", zip(work, { name: "a\nb" }), /name that cannot be used/],
    ["has a file twice", "a.zip", zip(work, work), /Duplicate entry name "notebook.ipynb"/],
    [
      "unpacks to too much",
      "a.zip",
      zip(work, { name: "big", content: Buffer.alloc(50_000_000) }),
      /more than 2 MB unpacked/,
    ],
    ["holds no name", "\u200e .ipynb", notebook, /holds no name/],
  ])("is refused when it %s", (_, name, content, reason) => {
    expect(() => readSubmission(handIn(name, content), assignment)).toThrow(reason);
  });

  it("is refused when it is a link or a folder", () => {
    symlinkSync("/etc/passwd", join(folder, "linked.ipynb"));
    mkdirSync(join(folder, "folder"));
    expect(() => readSubmission(join(folder, "linked.ipynb"), assignment)).toThrow(/link or another special file/);
    expect(() => readSubmission(join(folder, "folder"), assignment)).toThrow(/link or another special file/);
  });

  it.each(["Zoë", "李", "O'Neil", "Ada Lovelace", "ada.lovelace@uni", "$(touch x); a", "-rf", "=1+1", "علي"])(
    "may be of anybody: %s",
    (name) => {
      const path = handIn(`${name}.ipynb`, notebook);
      expect(readSubmission(path, assignment).student).toBe(name);
      expect(folderOf(name)).toBe(name);
    },
  );

  it("is known by one name, however it is written", () => {
    expect(studentOf("/in/Zoe\u0308.zip")).toBe("Zo\u00eb");
    expect(studentOf("/in/ Ada  Lovelace .IPYNB")).toBe("Ada Lovelace");
    expect(studentOf("/in/\u202eada\u001b[31m.zip")).toBe("ada[31m");
    expect(resultName("/in/\u0007.zip")).toMatch(/^nameless-[0-9a-f]{12}$/);
    expect(printable("a\r\nb\u001b]0;x\u0007\u202e")).toBe("a b]0;x");
  });

  it("has results in a folder that is no file of ours, and nobody else's", () => {
    const names = [
      "marks.csv",
      "manual.csv",
      "index.html",
      "summary.json",
      ".queue",
      "..",
      ".",
      "~x",
      "~~x~",
      "a?b",
      "a%3Fb",
      "b.",
    ];
    const folders = [...names, "x".repeat(300), `${"x".repeat(300)}y`].map(folderOf);
    for (const folder of folders) {
      expect(folder).not.toMatch(/^\.|[./]$|\.(csv|html|json)$|[?/]/);
      expect(Buffer.byteLength(folder)).toBeLessThan(230);
    }
    expect(new Set(folders).size).toBe(folders.length);
  });

  it("z01, z02: may bring what Macs and editors add of their own", () => {
    const litter = [
      "__MACOSX/._ada.ipynb",
      "hw/.ipynb_checkpoints/ada-checkpoint.ipynb",
      "hw/.DS_Store",
      "hw/._ada.ipynb",
    ];
    const archive = zip(
      { name: "hw/" },
      { name: "hw/ada.ipynb", content: notebook },
      ...litter.map((name) => ({ name })),
      { name: "hw/data/x.csv" },
    );
    expect([...readSubmission(handIn("mac.zip", archive), assignment).files.keys()]).toEqual(["data/x.csv"]);
  });

  it("z13, z26: may be made by Windows, with backslashes and capital letters", () => {
    const archive = zip({ name: "hw\\ADA.IPYNB", content: notebook }, { name: "hw\\data\\mine.csv" });
    expect([...readSubmission(handIn("windows.zip", archive), assignment).files.keys()]).toEqual(["data/mine.csv"]);
  });

  it("c10, c13, c14: reads metadata and letters as far as they can be read", () => {
    const cells = [
      { cell_type: "code", source: ["a\r\n", "b \ud83d"], metadata: { tags: "hide" } },
      { cell_type: "code", source: "\udc00 \ud83d\ude00", metadata: { tags: { a: 1 }, nbgrader: [] } },
      { cell_type: "markdown", source: "x", metadata: null, outputs: 3 },
    ];
    const path = handIn("odd.ipynb", JSON.stringify({ nbformat: 4, metadata: 7, cells }));
    expect(readSubmission(path, assignment).notebook.cells).toEqual([
      { cell_type: "code", source: "a\nb \ufffd", metadata: {} },
      { cell_type: "code", source: "\ufffd \ud83d\ude00", metadata: {} },
      { cell_type: "markdown", source: "x", metadata: {} },
    ]);
  });

  it.each([
    ["null", undefined],
    ["[1]", undefined],
    ["{", undefined],
    ['{"metrics":null,"facts":{"data":[null,3,{"name":{}}]}}', { metrics: {}, facts: { data: [] } }],
    [
      '{"metrics":{"a":1,"b":{}},"facts":{"data":[{"name":"x","fingerprint":{"toString":1}}]}}',
      { metrics: { a: 1 }, facts: { data: [{ name: "x", source: "", fingerprint: "" }] } },
    ],
  ])("j16: takes claims for what they are: %s", (text, claimed) => {
    const archive = writeZip(
      new Map([
        ["notebook.ipynb", notebook],
        ["results.json", Buffer.from(text)],
      ]),
    );
    expect(readSubmission(handIn("claims.zip", archive), assignment).claimed).toEqual(claimed);
  });

  it.each<[string, (bytes: Buffer) => void, RegExp]>([
    [
      "z14: its local header is damaged",
      (bytes) => void bytes.writeUInt32LE(0, bytes.lastIndexOf("PK\x03\x04")),
      /damaged/,
    ],
    ["z15: it points outside of itself", (bytes) => void bytes.writeUInt32LE(0x7fffffff, bytes.length - 6), /damaged/],
  ])("is refused when it is an archive and %s", (_, spoil, reason) => {
    const bytes = zip(work, { name: "f.txt" });
    spoil(bytes);
    expect(() => readSubmission(handIn("spoilt.zip", bytes), assignment)).toThrow(reason);
  });

  it("z11: is refused when its notebook is a folder", () => {
    const folders = zip({ name: "notebook.ipynb/" }, { name: "data/" });
    expect(() => readSubmission(handIn("a.zip", folders), assignment)).toThrow(/has no notebook/);
  });

  it("does not believe what an archive says of a size", () => {
    const bytes = zip({ name: "big", content: Buffer.alloc(1_000_000) });
    bytes.writeUInt32LE(10, 22); // the local header's size
    expect(() => readZip(bytes, 100_000)).toThrow(/more than 0.1 MB/);
    expect(readZip(bytes, 2_000_000).get("big")).toHaveLength(1_000_000);
  });
});

describe("marks", () => {
  const about = { assignment: "numbers", digest: "", submission: "", points: 12, manualPoints: 3 };
  const result = (student: string, submitted: string, earned: number) => ({
    ...refused({ ...about, student, submitted }, ""),
    earned,
  });

  it("have the columns of nbgrader's export, and a penalty for each day begun", () => {
    const results = [result("bob", "2026-01-03T01:00:00Z", 10), result("ada", "2026-01-01T00:00:00Z", 12)];
    expect(marksCsv(results, { due: "2026-01-01T12:00:00Z", penaltyPerDay: 1.5 }).split("\n")).toEqual([
      "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score",
      "numbers,2026-01-01T12:00:00Z,2026-01-01T00:00:00Z,ada,,,,12,0,12,15",
      "numbers,2026-01-01T12:00:00Z,2026-01-03T01:00:00Z,bob,,,,10,3,7,15",
      "",
    ]);
  });

  it("are never less than nothing, and no formula for a spreadsheet", () => {
    const late = marksCsv([result("=1+1", "2026-02-01T00:00:00Z", 2)], {
      due: "2026-01-01T00:00:00Z",
      penaltyPerDay: 5,
    });
    expect(late.split("\n")[1]).toBe("numbers,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,'=1+1,,,,2,2,0,15");
  });
});
