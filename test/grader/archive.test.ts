/** What is handed in, good and bad: each bad file is refused with a reason that its student can act on. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSubmission } from "../../src/grader/archive/submission";
import { readZip, writeZip } from "../../src/grader/archive/zip";
import { templateOf } from "../../src/grader/authoring/release";
import { marksCsv } from "../../src/grader/grading/marks";
import { refused } from "../../src/grader/grading/result";
import { resultName } from "../../src/grader/queue/job";
import { smallAssignment } from "./assignments";

const assignment = smallAssignment();
const notebook = Buffer.from(JSON.stringify(templateOf(assignment)));

interface Entry {
  readonly name: string;
  readonly content?: Uint8Array;
  readonly mode?: number;
  readonly flags?: number;
}

/** A zip archive written byte by byte: libraries do not write bad ones. */
function zip(...entries: Entry[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content = Buffer.from("x"), mode = 0o100644, flags = 0 } of entries) {
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(content.length, 18);
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

  const other = JSON.stringify({
    ...templateOf(assignment),
    metadata: { dnn_lab: { assignment: { name: "letters" } } },
  });
  it.each<[string, string, string | Uint8Array, RegExp]>([
    ["is text", "a.ipynb", "print(1)", /no notebook/],
    ["is binary", "a.ipynb", Buffer.from([0xff, 0xfe, 1, 2]), /no notebook/],
    ["is JSON without cells", "a.ipynb", "{}", /no list of cells/],
    ["has cells that are none", "a.ipynb", '{"nbformat":4,"cells":[null]}', /cells that are none/],
    ["is of an old format", "a.ipynb", '{"nbformat":3,"cells":[]}', /format 3, expected 4/],
    ["is of another assignment", "a.ipynb", other, /another assignment, 'letters', expected 'numbers'/],
    ["is too large", "a.ipynb", Buffer.alloc(2_000_001, 32), /too large: 2.0 MB, at most 2 MB/],
    ["is a damaged archive", "a.zip", Buffer.from("PK\x03\x04 and no more"), /archive is damaged/],
    ["is an archive without a notebook", "a.zip", zip({ name: "a.txt" }), /has no notebook/],
    ["has several notebooks", "a.zip", zip({ name: "a.ipynb" }, { name: "b.ipynb" }), /has 2 notebooks/],
    ["is encrypted", "a.zip", zip({ ...work, flags: 1 }), /encrypted: hand it in without a password/],
    ["leads outside", "a.zip", zip(work, { name: "../../etc/cron.d/x" }), /leads outside/],
    ["leads outside from the root", "a.zip", zip(work, { name: "/tmp/x" }), /leads outside/],
    ["leads outside as on Windows", "a.zip", zip(work, { name: "..\\x" }), /leads outside/],
    ["brings packages", "a.zip", zip(work, { name: "node_modules/dnn-lab/index.js" }), /leave it out/],
    ["has a link", "a.zip", zip(work, { name: "data", mode: 0o120777 }), /a link or another special file/],
    ["has a device", "a.zip", zip(work, { name: "data", mode: 0o020666 }), /a link or another special file/],
    ["has control characters in a name", "a.zip", zip(work, { name: "a\nb" }), /name that cannot be used/],
    ["has a file twice", "a.zip", zip(work, work), /two files 'notebook.ipynb'/],
    [
      "unpacks to too much",
      "a.zip",
      zip(work, { name: "big", content: Buffer.alloc(50_000_000) }),
      /more than 2 MB unpacked/,
    ],
    ["has shell characters in its name", "$(touch x); a.ipynb", notebook, /characters other than letters/],
    ["has a name that looks like an option", "-rf.ipynb", notebook, /characters other than letters/],
  ])("is refused when it %s", (_, name, content, reason) => {
    expect(() => readSubmission(handIn(name, content), assignment)).toThrow(reason);
  });

  it("is refused when it is a link or a folder", () => {
    symlinkSync("/etc/passwd", join(folder, "linked.ipynb"));
    mkdirSync(join(folder, "folder"));
    expect(() => readSubmission(join(folder, "linked.ipynb"), assignment)).toThrow(/link or another special file/);
    expect(() => readSubmission(join(folder, "folder"), assignment)).toThrow(/link or another special file/);
  });

  it("has results under a name that is safe, whatever its own is", () => {
    expect(resultName("/in/ada.lovelace@uni.zip")).toBe("ada.lovelace@uni");
    for (const name of ["..", "a b", "$(x)", "-rf"])
      expect(resultName(`/in/${name}.zip`)).toMatch(/^refused-[0-9a-f]{12}$/);
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
