/** A history that has grown too long is shortened to its newest half. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { InputHistory } from "../../../src/kernel/protocol/input-history";

it("keeps the newest entries, on disk and in memory", () => {
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-history-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "history.jsonl");
  const count = 20_001;
  writeFileSync(
    file,
    Array.from({ length: count }, (_, i) => `${JSON.stringify([1, i + 1, `cell ${i + 1}`])}\n`).join(""),
  );
  const history = new InputHistory(file);
  const tail = history.query({ hist_access_type: "tail", n: 20_000 });
  expect(tail).toHaveLength(10_000);
  expect(tail[0]![2]).toBe(`cell ${count - 9_999}`);
  expect(tail.at(-1)![2]).toBe(`cell ${count}`);
  const kept = readFileSync(file, "utf8");
  expect(kept).toContain(`"cell ${count}"`);
  expect(kept).not.toContain('"cell 1"');
});
