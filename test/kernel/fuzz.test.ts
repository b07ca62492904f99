/** Hostile values in displays, comms, results and expressions: each cell gets its reply, and the kernel lives on. */
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RandomStream } from "../../src/core/random";
import type * as Client from "../../src/kernel/client";
import type * as Install from "../../src/kernel/install";
import { buildKernel } from "./kernelUnderTest";

const CELLS = 40;

/** Values that are no JSON, or run code of their own when they are looked at. */
const HOSTILE = [
  "10n",
  "NaN",
  "-0",
  "undefined",
  "Symbol('s')",
  "'👍'[0]",
  "'\\ud83d\\\\ud83d'",
  "'\\u0000\\u2028'",
  "() => 1",
  "new Date(NaN)",
  "new Map([[1n, new Set([{}])]])",
  "new WeakMap()",
  "Promise.resolve(1n)",
  "new Float32Array(3)",
  "new DataView(new ArrayBuffer(2))",
  "new SharedArrayBuffer(4)",
  "Object.create(null)",
  "Object.freeze([1n])",
  "(() => { const ring = {}; ring.ring = ring; return ring })()",
  "(() => { let deep = 1; for (let i = 0; i < 5000; i++) deep = [deep]; return deep })()",
  "new Proxy({}, { get() { throw new Error('get') }, ownKeys() { throw new Error('keys') }, has() { throw 1 } })",
  "new Proxy(function () {}, { get: () => () => 1n, has: () => true })",
  "{ get data() { throw new Error('getter') }, layout: {} }",
  "{ toJSON() { throw null } }",
  "{ toJSON() { return 5n } }",
  "{ toJSON: 5, then(resolve) { resolve(1n) } }",
  "{ [Symbol.for('Jupyter.display')]: 5 }",
  "{ [Symbol.for('Jupyter.display')]() { throw undefined } }",
  "{ async [Symbol.for('Jupyter.display')]() { return { 'text/html': 5n } } }",
  "{ [Symbol.for('nodejs.util.inspect.custom')]() { throw Symbol('inspect') } }",
  "{ constructor: null, name: 1n, message: {}, stack: [] }",
  "Object.assign(new Error('e'), { name: {}, cause: 1n, stack: 5 })",
  "new Proxy(new Error('p'), { get() { throw new Error('trap') } })",
  "{ columns: [], index: [1], values: [Symbol()], shape: [0], $dataIncolumnFormat: 1 }",
  "{ outerHTML: '<b>', toHTML() { throw 1 } }",
  "{ width: 2, height: 2, data: new Uint8ClampedArray(16), getContext() {}, toBuffer() { return 5n } }",
];

/** Ways in which a value leaves the program. */
const WAYS: readonly ((value: string) => string)[] = [
  (value) => value,
  (value) => `throw ${value}`,
  (value) => `void Promise.reject(${value})`,
  (value) => `console.log(${value}); console.error([${value}])`,
  (value) => `display(${value})`,
  (value) => `display(1, { metadata: ${value}, displayId: ${value} })`,
  (value) => `display({ 'application/json': ${value}, 'text/html': ${value} }, { raw: true })`,
  (value) => `display(${value}, { raw: true }).update(${value})`,
  (value) => `({ [Symbol.for('Jupyter.display')]: () => (${value}) })`,
  (value) => `({ [Symbol.for('Jupyter.display')]: async () => ({ 'image/png': ${value} }) })`,
  (value) => `globalThis[Symbol.for('dnn-lab.display')].display(${value}, { metadata: { m: ${value} } })`,
  (value) => `comms.open(${value}, ${value})`,
  (value) => `comms.open('t', { a: ${value} }, { metadata: ${value}, buffers: [${value}] })`,
  (value) => `const c = comms.open('t'); c.send(${value}); c.close(${value})`,
  (value) => `process.stdout.write(${value})`,
  (value) => `throw Object.assign(new Error('x', { cause: ${value} }), { own: ${value}, errors: [${value}] })`,
];

let kernel: Client.KernelClient;

beforeAll(async () => {
  const load = createRequire(__filename);
  const { KernelClient } = load(join(buildKernel(), "client.js")) as typeof Client;
  const { kernelSpec } = load(join(buildKernel(), "install.js")) as typeof Install;
  kernel = await KernelClient.start(kernelSpec().argv, { cwd: tmpdir() });
  await kernel.ready();
}, 120_000);
afterAll(() => kernel.stop());

/** A value, sometimes inside of others. */
function hostile(random: RandomStream, depth = 0): string {
  const pick = (count: number): number => random.uint32() % count;
  const nested = depth < 2 && pick(3) === 0;
  if (!nested) return `(${HOSTILE[pick(HOSTILE.length)]!.replace(/^(\{.*\})$/s, "($1)")})`;
  const inner = hostile(random, depth + 1);
  return pick(2) === 0 ? `[${inner}, ${hostile(random, depth + 1)}]` : `({ 'text/plain': ${inner}, k: ${inner} })`;
}

test.each([1, 2, 3, 4])("values of seed %i", { timeout: 300_000 }, async (seed) => {
  const random = new RandomStream(seed);
  await kernel.execute(`%check off\nconst alive = ${seed}`);
  for (let cell = 0; cell < CELLS; cell += 1) {
    const code = `%check off\n{ ${WAYS[random.uint32() % WAYS.length]!(hostile(random))} }`;
    const { content } = await kernel.execute(code);
    expect(["ok", "error"], code).toContain(content["status"]);
    expect(content["ename"], code).not.toBe("SyntaxError");
    if (content["status"] === "error") expect(content["traceback"], code).toBeInstanceOf(Array);
  }
  const { content } = await kernel.execute(`%check off\nif (alive !== ${seed}) throw new Error("another kernel")`);
  expect(content["status"]).toBe("ok");
});
