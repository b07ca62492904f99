/** Class lists, and downloads as Canvas, Moodle and Gradescope give them out. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { handedIn } from "../../src/grader/archive/downloads";
import { Roster } from "../../src/grader/archive/roster";
import { dueTime, duration, extended } from "../../src/grader/grading/due";
import { canvasCsv, moodleCsv } from "../../src/grader/grading/forms";
import { marksCsv, penaltyOf } from "../../src/grader/grading/marks";
import { refused } from "../../src/grader/grading/result";
import { classOf } from "../../src/grader/queue/class";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn roster "));
  mkdirSync(join(folder, "in"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, content = ""): void => {
  mkdirSync(join(folder, "in", name, ".."), { recursive: true });
  writeFileSync(join(folder, "in", name), content);
};
const list = (text: string): Roster => {
  writeFileSync(join(folder, "roster.csv"), text);
  return Roster.read(join(folder, "roster.csv"));
};
const whose = (roster?: Roster) =>
  Object.fromEntries(
    classOf(handedIn(join(folder, "in")), roster).kept.map(({ path, student }) => [student, basename(path)]),
  );

const people =
  'id,name,email,group,extension\n17,"Lovelace, Ada",ada@uni.de,A,2d\n18,Zoë O\'Neil,zoe@uni.de,B,\n19,李 四,li@uni.de,B,\n';

describe("a class list", () => {
  it("is read from what Canvas, Moodle and spreadsheets write", () => {
    expect(list(people).find("17")).toMatchObject({ firstName: "Ada", lastName: "Lovelace", extension: "2d" });
    expect(
      list("\ufeffFirst name;Last name;ID number;Email address\nAda;Lovelace;17;ada@uni.de\n").find("ada@uni.de")?.id,
    ).toBe("17");
    const canvas = 'Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"Lovelace, Ada",17,,ada,S\n';
    expect(list(canvas).people.map(({ id }) => id)).toEqual(["17"]);
  });

  it("knows somebody by id, e-mail or name in whatever order, and nobody by a name that two have", () => {
    const roster = list(people);
    for (const name of ["17", "ada@uni.de", "ada", "Ada Lovelace", "lovelaceada", "LOVELACE, Ada"])
      expect(roster.find(name)?.id, name).toBe("17");
    expect(roster.find("zoe oneil")?.id).toBe("18");
    expect(roster.find("李四")?.id).toBe("19");
    const twins = list("id,name\n1,Ada L\n2,Ada L\n");
    expect([twins.find("Ada L"), twins.find("2")?.id, twins.find("nobody")]).toEqual([undefined, "2", undefined]);
  });

  it.each([
    ["Lovelace, Ada", "Ada", "Lovelace"],
    ["Lovelace,Ada  Augusta", "Ada  Augusta", "Lovelace"],
    ["Ada  Augusta Lovelace", "Ada Augusta", "Lovelace"],
    ["Plato", "", "Plato"],
    ["Doe, John, Jr.", "John, Jr.", "Doe"],
  ])("reads %j as first and last name", (name, firstName, lastName) =>
    expect(list(`id,name\n1,"${name}"\n`).find("1")).toMatchObject({ firstName, lastName }),
  );

  it("takes names in columns of their own before a whole one, and headings and cells with blanks around", () => {
    const columns = list(
      "ID , First name,surname,name\n 1 , Ada ,Lovelace,Somebody Else\n2,Ada,,Ada Byron\n3,,Byron,x\n",
    );
    expect(columns.people).toMatchObject([
      { id: "1", firstName: "Ada", lastName: "Lovelace" },
      { id: "2", firstName: "Ada", lastName: "" },
      { id: "3", firstName: "", lastName: "Byron" },
    ]);
  });

  it("knows composed and decomposed accents as one, and no empty name as anybody's", () => {
    const roster = list("id,name,email\nZoe\u0308,Ada Lovelace,\n7,Zoë Byron,z@uni.de\n");
    expect(roster.find("Zo\u00eb")?.lastName).toBe("Lovelace");
    expect(roster.find("zoebyron")?.id).toBe("7");
    expect([roster.find(""), roster.find("--"), roster.find()]).toEqual([undefined, undefined, undefined]);
    // An id that is the name of another.
    expect(list("id,name\nadab,Somebody Else\n2,Ada B\n").find("adab")?.lastName).toBe("Else");
  });

  it("keeps who is called like Canvas' line of points, or has a byte order mark within the id", () => {
    expect(list("id,name\n1,No Points Possible\n2,  points possible\n").people.map(({ id }) => id)).toEqual(["1"]);
    expect(list("id,name\na\ufeffb,Ada\n").people[0]?.id).toBe("a\ufeffb");
  });

  it.each([
    ["name\nAda\n", /needs a column id or email, it has name/],
    ["name,group\nAda,B\n", /it has name, group$/],
    ["", /it has none$/],
    ['id,name\n1,"Ada\n', /line 2: Quoted field unterminated/],
    ['id,name\n1,Ada\n2,"B"yron\n', /line 3: Trailing quote/],
    ["id,name\n1,a\n1,b\n", /1 is there twice/],
    ["id,email,name\n,,Ada\n", /line 2: it has neither an id nor an e-mail address/],
  ])("is refused when it is none: %j", (text, message) => expect(() => list(text)).toThrow(message));
});

describe("a download", () => {
  it("of Canvas: late ones, attempts, numbers of its own", () => {
    for (const name of [
      "lovelaceada_17_901_hw.ipynb",
      "lovelaceada_LATE_17_902_hw-1.ipynb",
      "oneilzoe_18_903_my_work.zip",
    ])
      put(name);
    expect(whose()).toEqual({
      lovelaceada: "lovelaceada_LATE_17_902_hw-1.ipynb",
      oneilzoe: "oneilzoe_18_903_my_work.zip",
    });
    expect(Object.keys(whose(list(people)))).toEqual(["17", "18"]);
  });

  it("has names to which Canvas has added a number", () => {
    for (const name of ["17-2.zip", "18.zip"]) put(name);
    expect(whose(list(people))).toEqual({ 17: "17-2.zip", 18: "18.zip" });
    expect(Object.keys(whose())).toEqual(["18", "17-2"]);
  });

  it("of Moodle: a folder for each, or files", () => {
    for (const name of [
      "Ada Lovelace_4711_assignsubmission_file_/hw.ipynb",
      "Zoë O'Neil_4712_assignsubmission_file_hw.zip",
    ])
      put(name);
    expect(whose()).toEqual({
      "Ada Lovelace": "hw.ipynb",
      "Zoë O'Neil": "Zoë O'Neil_4712_assignsubmission_file_hw.zip",
    });
    expect(Object.keys(whose(list(people)))).toEqual(["17", "18"]);
  });

  it("keeps two people of one name apart by the platform's number", () => {
    for (const name of ["Ada L_4711_assignsubmission_file_/a.ipynb", "Ada L_4712_assignsubmission_file_/b.ipynb"])
      put(name);
    expect(whose()).toEqual({ "Ada L 4711": "a.ipynb", "Ada L 4712": "b.ipynb" });
    put("team_1_2_final.ipynb");
    expect(whose()["team_1_2_final"]).toBe("team_1_2_final.ipynb");
  });

  it("of Gradescope: folders, whose they are and when they came in its own file", () => {
    put("submission_1/hw.ipynb");
    put(
      "submission_metadata.yml",
      "submission_1:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: '17'\n    :email: ada@uni.de\n  :created_at: 2026-01-02 03:04:05 Z\n",
    );
    const { kept } = classOf(handedIn(join(folder, "in")), list(people));
    expect(kept).toEqual([
      { path: join(folder, "in", "submission_1", "hw.ipynb"), student: "17", submitted: "2026-01-02T03:04:05.000Z" },
    ]);
  });

  it("by students' own names stays what it is, with those missing and those unknown told", () => {
    for (const name of ["Ada Lovelace.ipynb", "guest_account.zip", "empty/readme.txt", ".hidden"]) put(name);
    const { kept, unknown, absent } = classOf(handedIn(join(folder, "in")), list(people));
    expect(kept.map(({ student }) => student)).toEqual(["17", "empty", "guest_account"]);
    expect([unknown, absent.map(({ id }) => id)]).toEqual([
      ["empty", "guest_account"],
      ["18", "19"],
    ]);
  });

  it("with two files of one time is told: the archive counts, whichever comes first", () => {
    for (const name of ["twice.ipynb", "twice.zip"]) {
      put(name);
      utimesSync(join(folder, "in", name), 1000, 1000);
    }
    const files = handedIn(join(folder, "in"));
    for (const each of [files, [...files].reverse()]) {
      const { kept, earlier } = classOf(each);
      expect(kept.map(({ path }) => basename(path))).toEqual(["twice.zip"]);
      expect(earlier).toEqual([
        { path: join(folder, "in", "twice.ipynb"), why: expect.stringMatching(/as old as twice.zip .* was taken/) },
      ]);
    }
  });

  it("counts the latest of several files of one student", () => {
    for (const [i, name] of ["ada.ipynb", "ada.zip"].entries()) {
      put(name);
      utimesSync(join(folder, "in", name), 2000 - i, 2000 - i);
    }
    expect(classOf(handedIn(join(folder, "in"))).earlier).toEqual([
      { path: join(folder, "in", "ada.zip"), why: "there is a later file of the same student, ada.ipynb" },
    ]);
  });
});

describe("a due date", () => {
  it.each([
    ["2026-12-01", "UTC", "2026-12-01T23:59:59.999Z"],
    ["2026-12-01", "Europe/Berlin", "2026-12-01T22:59:59.999Z"],
    ["2026-07-01T18:00", "Europe/Berlin", "2026-07-01T16:00:00.000Z"],
    ["2026-10-25T12:00", "Europe/Berlin", "2026-10-25T11:00:00.000Z"],
    ["2026-12-01T18:00+05:30", "America/New_York", "2026-12-01T12:30:00.000Z"],
    ["2026-12-01 18:00:00Z", "Asia/Tokyo", "2026-12-01T18:00:00.000Z"],
  ])("%s in %s is %s", (text, zone, expected) => expect(new Date(dueTime(text, zone)).toISOString()).toBe(expected));

  it.each(["tomorrow", "2026-13-01", "1.12.2026", ""])("is not %j", (text) =>
    expect(() => dueTime(text, "UTC")).toThrow(/must be such as/),
  );

  it("is later for who has an extension", () => {
    expect([duration("2d"), duration("1.5h"), duration("90m"), duration("soon")]).toEqual([
      172_800_000,
      5_400_000,
      5_400_000,
      undefined,
    ]);
    const due = dueTime("2026-12-01", "UTC");
    expect(extended(due, "2d", "UTC") - due).toBe(172_800_000);
    expect(extended(due, "2026-12-05", "UTC")).toBe(dueTime("2026-12-05", "UTC"));
    expect(extended(due, "2026-11-01", "UTC")).toBe(due);
    expect(() => extended(due, "a bit", "UTC")).toThrow(RangeError);
  });
});

describe("marks of a class", () => {
  const about = { assignment: "numbers", digest: "", submission: "", points: 10, manualPoints: 2 };
  const result = (student: string, submitted: string) => ({
    ...refused({ ...about, student, submitted }, ""),
    earned: 8,
  });

  it("have names, extensions, grace, and everybody who has handed in nothing", () => {
    const roster = list(people);
    const options = { due: "2026-12-01", penaltyPerDay: 2, graceMs: 600_000, roster };
    const results = [result("17", "2026-12-03T12:00:00Z"), result("18", "2026-12-02T00:05:00Z")];
    expect(results.map((each) => penaltyOf(each, options))).toEqual([0, 0]);
    expect(penaltyOf(result("18", "2026-12-02T00:20:00Z"), options)).toBe(2);
    expect(marksCsv(results, options, ["19"]).split("\n").slice(1)).toEqual([
      "numbers,2026-12-03T23:59:59.999Z,2026-12-03T12:00:00Z,17,Lovelace,Ada,ada@uni.de,8,0,8,12",
      "numbers,2026-12-01,2026-12-02T00:05:00Z,18,O'Neil,Zoë,zoe@uni.de,8,0,8,12",
      "numbers,2026-12-01,,19,四,李,li@uni.de,,,,",
      "",
    ]);
  });

  it("go back to Canvas and Moodle in their own forms", () => {
    const marks = [
      { student: "17", score: 8 },
      { student: "18", score: undefined },
    ];
    expect(canvasCsv(marks, list(people), about).split("\n").slice(0, 3)).toEqual([
      "Student,ID,SIS User ID,SIS Login ID,Section,numbers",
      "    Points Possible,,,,,12",
      '"Lovelace, Ada",,17,ada@uni.de,A,8',
    ]);
    expect(moodleCsv(marks, list(people), about)).toContain("\n18,Zoë,O'Neil,zoe@uni.de,\n");
  });
});
