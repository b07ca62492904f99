/** Hostile values in displays, comms, results and expressions: each cell gets its reply, and the kernel lives on. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRequire } from "node:module";
import { join } from "node:path";
import { randomStream, type RandomStream } from "../../src/core/random";
import { buildKernel } from "./kernelUnderTest";

const { KernelClient } = createRequire(__filename)(
  join(buildKernel(), "client.js"),
) as typeof import("../../src/kernel/client");
const { kernelSpec } = createRequire(__filename)(
  join(buildKernel(), "install.js"),
) as typeof import("../../src/kernel/install");

const SEEDS = [1, 2, 3];
const CELLS = 60;
