import { describe, expect, it } from "vitest";
import { improvement, monitorDirection } from "../../../src/library/techniques/monitor";
import { readExpected } from "./helpers";

describe("mode auto knows the direction of Keras' metrics by name", () => {
  const { directions } = readExpected<{ directions: Record<string, "min" | "max"> }>("callbacks");
  it.each(Object.entries(directions))("%s: %s", (name, direction) => {
    expect(monitorDirection("test", name, "auto")).toBe(direction);
    expect(monitorDirection("test", `val_${name}`, "auto")).toBe(direction);
    const camelCase = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    expect(monitorDirection("test", `val_${camelCase}`, "auto")).toBe(direction);
  });
});

it("knows TensorFlow.js' short names, and a given mode overrules the name", () => {
  expect(["acc", "val_acc", "val_loss", "mse"].map((name) => monitorDirection("test", name, "auto"))).toEqual([
    "max",
    "max",
    "min",
    "min",
  ]);
  expect(monitorDirection("test", "val_loss", "max")).toBe("max");
});

it("asks for a mode when a name does not tell, and refuses modes that there are not", () => {
  expect(() => monitorDirection("earlyStopping", "val_score", "auto")).toThrow(
    "earlyStopping: the name 'val_score' does not tell whether larger or smaller is better. Pass mode: 'max'",
  );
  expect(() => monitorDirection("test", "loss", "minimum" as "min")).toThrow(
    "mode must be one of 'auto', 'min', 'max'",
  );
});

describe("an improvement", () => {
  it("is anything but NaN at first, then better by more than minDelta", () => {
    const improves = improvement("test", "min", 0.5);
    expect([9, Infinity].map((value) => improves(value, undefined))).toEqual([true, true]);
    expect(improves(NaN, undefined)).toBe(false);
    expect([8.4, 8.5, 8.6, NaN].map((value) => improves(value, 9))).toEqual([true, false, false, false]);
    const grows = improvement("test", "max", 0.5);
    expect([9.6, 9.5, 9.4, NaN].map((value) => grows(value, 9))).toEqual([true, false, false, false]);
  });

  it("is judged in float32, so that a change of exactly minDelta is none", () => {
    expect(0.7 + 0.1).toBeLessThan(0.8); // in float64 it would be one
    expect(improvement("test", "min", 0.1)(0.7, 0.8)).toBe(false);
  });

  it("refuses a negative minDelta", () => {
    expect(() => improvement("test", "min", -1)).toThrow(
      "test: minDelta must be a finite number at least 0, received -1",
    );
  });
});
