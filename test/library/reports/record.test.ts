import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  readPartialRecord,
  readRecord,
  recordFile,
  recordSection,
  saveRecord,
  startRecord,
} from "../../../src/library/reports/record";
import { historyOf, plainHistory } from "./histories";
import { wholeRecord } from "./records";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "record test "))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const input = { name: "power", title: "Power scheduling", cells: [17, 22] as const, history: plainHistory };

describe("a record in the results folder", () => {
  test("grows section by section; final and best accuracy come from the history", () => {
    startRecord(folder, { seed: 42 });
    recordSection(folder, input);
    recordSection(folder, {
      ...input,
      name: "dropout",
      extra: { rate: 0.2 },
      variants: [{ title: "Intended", history: plainHistory }],
    });
    const { sections, seed, startedAt } = readPartialRecord(folder);
    expect(seed).toBe(42);
    expect(new Date(startedAt!).toISOString()).toBe(startedAt);
    expect(sections.map(({ name }) => name)).toEqual(["power", "dropout"]);
    expect(sections[0]).toMatchObject({ finalValAccuracy: 0.82, bestValAccuracy: 0.83, seconds: 1.5, cells: [17, 22] });
    expect(sections[0].history).toEqual(plainHistory.history);
    expect(sections[1]).toMatchObject({
      extra: { rate: 0.2 },
      variants: [{ title: "Intended", history: plainHistory.history }],
    });
  });

  test("a section that is run again takes the place of the first", () => {
    recordSection(folder, input);
    recordSection(folder, { ...input, name: "dropout" });
    recordSection(folder, { ...input, title: "Again" });
    expect(readPartialRecord(folder).sections).toMatchObject([{ title: "Again" }, { name: "dropout" }]);
  });

  test("a new start forgets the earlier run", () => {
    recordSection(folder, input);
    startRecord(folder);
    expect(readPartialRecord(folder).sections).toEqual([]);
  });

  test("leaves one whole file behind, and nothing temporary", () => {
    recordSection(folder, input);
    saveRecord(folder, { notebook: "code_example.ipynb" });
    expect(readdirSync(folder)).toEqual([recordFile]);
    expect(JSON.parse(readFileSync(join(folder, recordFile), "utf8"))).toMatchObject({
      notebook: "code_example.ipynb",
    });
  });

  test("is read back as it was saved when it is whole", () => {
    const record = wholeRecord();
    saveRecord(folder, record);
    expect(readRecord(folder)).toEqual(record);
  });

  test.each([
    ["commit", "commit must be text, received undefined"],
    ["dirty", "dirty must be true or false"],
    ["versions", "versions must be an object"],
    ["data", "data.name must be text"],
    ["test", "test.accuracy must be a finite number"],
    ["seed", "seed must be a finite number"],
  ] as const)("names the file and the field when %s is missing", (field, message) => {
    const { [field]: _, ...rest } = wholeRecord();
    saveRecord(folder, rest);
    expect(() => readRecord(folder)).toThrow(`${join(folder, recordFile)}: ${message}`);
  });

  test("refuses a run without sections, and sections that were cut", () => {
    saveRecord(folder, { ...wholeRecord(), sections: [] });
    expect(() => readRecord(folder)).toThrow("the run has no sections");
    const [section, ...others] = wholeRecord().sections;
    const cut = { ...section, history: { ...section.history, val_loss: [0.1] } };
    saveRecord(folder, { ...wholeRecord(), sections: [cut, ...others] });
    expect(() => readRecord(folder)).toThrow("2 values of loss but 1 of val_loss");
  });

  test("says when there is no record, or a damaged one", () => {
    expect(() => readPartialRecord(folder)).toThrow("there is no record of a run");
    writeFileSync(join(folder, recordFile), '{"sections": [');
    expect(() => recordSection(folder, input)).toThrow("is not valid JSON");
    writeFileSync(join(folder, recordFile), "null");
    expect(() => readPartialRecord(folder)).toThrow("is not the record of a run");
  });
});

describe("recordSection refuses", () => {
  test.each([
    ["no history", undefined, "must be what fit returns, received undefined"],
    ["no epochs", historyOf({ loss: [], accuracy: [], val_loss: [], val_accuracy: [] }), "has no epochs"],
    ["no validation", historyOf({ loss: [1], accuracy: [0.5] }), "has no val_loss. Pass validationData to fit."],
    [
      "no accuracy",
      historyOf({ loss: [1], val_loss: [1] }),
      "has no accuracy. Compile the model with metrics: ['accuracy'].",
    ],
    [
      "NaN",
      historyOf({ loss: [1, NaN], accuracy: [0.5, 0.1], val_loss: [1, NaN], val_accuracy: [0.5, 0.1] }),
      'loss of "power" is NaN in epoch 2; the run diverged',
    ],
  ])("%s", (_, history, message) => {
    expect(() => recordSection(folder, { ...input, history: history as never })).toThrow(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("cells that are no pair of execution counts, and unknown options", () => {
    expect(() => recordSection(folder, { ...input, cells: [17] as never })).toThrow(
      'cells of section "power" must be [first, last]',
    );
    expect(() => recordSection(folder, { ...input, cell: 17 } as never)).toThrow("unknown option 'cell'");
    expect(() => saveRecord(folder, { comit: "x" } as never)).toThrow("unknown option 'comit'; ");
  });
});
