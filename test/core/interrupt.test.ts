import { afterEach, describe, expect, it } from "vitest";
import { checkInterrupt, interruptRequested, whileListening } from "../../src/core/interrupt";

const globals = globalThis as Record<symbol, unknown>;
const key = Symbol.for("dnn-lab.interrupt");

afterEach(() => {
  delete globals[key];
});

describe("the kernel's interrupt flag", () => {
  it("is seen when it is set", () => {
    expect(interruptRequested()).toBe(false);
    const flag = (globals[key] = new Int32Array(new SharedArrayBuffer(8)));
    checkInterrupt("fit");
    flag[0] = 1;
    expect(interruptRequested()).toBe(true);
    expect(() => checkInterrupt("fit")).toThrow("fit was interrupted.");
  });

  it("counts who listens, also when the work fails", async () => {
    const flag = (globals[key] = new Int32Array(new SharedArrayBuffer(8)));
    expect(await whileListening(async () => flag[1])).toBe(1);
    await expect(whileListening(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(flag[1]).toBe(0);
    delete globals[key];
    expect(await whileListening(async () => 7)).toBe(7);
  });
});
