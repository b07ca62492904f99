import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildKernel } from "./kernelUnderTest";

const load = createRequire(__filename);
let prefix = "";
beforeEach(() => {
  prefix = mkdtempSync(join(tmpdir(), "dnn-lab-doctor-test-"));
});
afterEach(() => rmSync(prefix, { recursive: true, force: true }));

describe("kernelDoctor", () => {
  test("starts the kernel, and finds a kernelspec that is missing, ours, or another's", async () => {
    const { kernelDoctor } = load(
      join(buildKernel(), "kernel-doctor.js"),
    ) as typeof import("../../src/kernel/kernel-doctor");
    const { installKernel } = load(join(buildKernel(), "install.js")) as typeof import("../../src/kernel/install");
    const outcome = async (): Promise<Record<string, boolean>> =>
      Object.fromEntries((await kernelDoctor({ prefix })).map(({ what, ok }) => [what, ok]));
    expect(await outcome()).toMatchObject({
      "Node.js": true,
      typescript: true,
      zeromq: true,
      start: true,
      kernelspec: false,
    });
    installKernel({ prefix });
    expect(await outcome()).toMatchObject({ kernelspec: true, "program of the kernelspec": true });
  });
});
