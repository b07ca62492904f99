import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputHistory, historyFile } from "../../../src/kernel/protocol/input-history";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn-lab-history-"));
  file = join(folder, "deep", "history.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sources = (history: InputHistory, request: object): unknown[] =>
  history.query(request as never).map((item) => item[2]);

describe("InputHistory", () => {
  test("later sessions see earlier ones, in a file for the user alone", () => {
    new InputHistory(file).add(1, "one");
    const second = new InputHistory(file);
    second.add(1, "two");
    expect(second.query({ hist_access_type: "tail", n: 5 })).toEqual([
      [1, 1, "one"],
      [2, 1, "two"],
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("range takes absolute and relative sessions; stop is exclusive", () => {
    const first = new InputHistory(file);
    for (const [index, source] of ["a", "b", "c"].entries()) first.add(index + 1, source);
    const second = new InputHistory(file);
    second.add(1, "d");
    expect(sources(second, { hist_access_type: "range", session: 1, start: 1, stop: 3 })).toEqual(["a", "b"]);
    expect(sources(second, { hist_access_type: "range", session: -1, start: 2 })).toEqual(["b", "c"]);
    expect(sources(second, { hist_access_type: "range", session: 0 })).toEqual(["d"]);
  });

  test("search understands * and ?, and can give each source once", () => {
    const history = new InputHistory(null);
    for (const [index, source] of ["1+2", "let a = 1+2", "1+2", "1-2+x"].entries()) history.add(index + 1, source);
    expect(sources(history, { hist_access_type: "search", pattern: "1?2*" })).toEqual(["1+2", "1+2", "1-2+x"]);
    expect(sources(history, { hist_access_type: "search", pattern: "1?2*", unique: true })).toEqual(["1+2", "1-2+x"]);
    expect(sources(history, { hist_access_type: "search", pattern: "*", n: 1 })).toEqual(["1-2+x"]);
    expect(sources(history, { hist_access_type: "search", pattern: "." })).toEqual([]);
  });

  test("results are given when asked for", () => {
    const history = new InputHistory(null);
    history.add(1, "1 + 1");
    history.setOutput(1, "2");
    expect(sources(history, { hist_access_type: "tail", n: 1, output: true })).toEqual([["1 + 1", "2"]]);
  });

  test("rows that are cut or edited by hand are passed over", () => {
    new InputHistory(file).add(1, "good");
    appendFileSync(file, '[1,2,"cut\n{}\n[1,"x",3]\n');
    const again = new InputHistory(file);
    expect(sources(again, { hist_access_type: "tail", n: 9 })).toEqual(["good"]);
  });

  test("an unknown kind of request is refused", () => {
    expect(() => new InputHistory(null).query({ hist_access_type: "all" })).toThrow('received "all"');
  });

  test("a folder that cannot be written is no obstacle", () => {
    writeFileSync(join(folder, "plain"), "");
    const history = new InputHistory(join(folder, "plain", "history.jsonl"));
    history.add(1, "kept in memory");
    expect(sources(history, { hist_access_type: "tail" })).toEqual(["kept in memory"]);
  });

  test("the file can be named or turned off", () => {
    expect(historyFile({ DNN_LAB_HISTORY: "off" })).toBeUndefined();
    expect(historyFile({ DNN_LAB_HISTORY: "/x/y" })).toBe("/x/y");
    expect(historyFile({ XDG_STATE_HOME: "/state" })).toBe(join("/state", "dnn-lab", "history.jsonl"));
  });
});
