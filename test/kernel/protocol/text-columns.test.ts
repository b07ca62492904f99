import { describe, expect, test } from "vitest";
import { columnsOf, excerpt } from "../../../src/kernel/protocol/text-columns";

test("columnsOf counts what is seen", () => {
  for (const [text, columns] of [
    ["const x", 7],
    ["数", 2],
    ["カタカナ", 8],
    ["한글", 4],
    ["e\u0301", 1],
    ["👍", 2],
    ["👩‍👩‍👧", 2],
    ["🇩🇪", 2],
    ["❤️", 2],
    ["ｆ", 2],
  ] as const) {
    expect(columnsOf(text), text).toBe(columns);
  }
});

describe("excerpt", () => {
  const line = `${"a".repeat(300)}HERE${"b".repeat(300)}`;

  test("cuts around the place", () => {
    const { text, column } = excerpt(line, 300, 160);
    expect(text.slice(column, column + 4)).toBe("HERE");
    expect(text).toMatch(/^….*…$/);
    expect(text.length).toBeLessThanOrEqual(162);
  });

  test("shows the ends whole, and short lines as they are", () => {
    expect(excerpt(line, 0, 160).text).toBe(`${"a".repeat(160)}…`);
    expect(excerpt(line, line.length - 1, 160).text).toBe(`…${"b".repeat(160)}`);
    expect(excerpt("short", 3, 160)).toEqual({ text: "short", column: 3 });
  });

  test("cuts no character in two", () => {
    const emoji = "👩‍👩‍👧".repeat(60);
    for (let column = 0; column < emoji.length; column += 7)
      expect(excerpt(emoji, column, 160).text.replaceAll("👩‍👩‍👧", "").replaceAll("…", "")).toBe("");
  });
});
