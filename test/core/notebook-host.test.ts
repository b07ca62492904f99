/** The notebook that listens, if one does. */
import { notebookHost } from "dnn-lab-core/notebook-host";
import { afterEach, expect, it, vi } from "vitest";

const OWN = Symbol.for("dnn-lab.display");
const module = "/somewhere/tslab/dist/jupyter.js";

afterEach(() => {
  Reflect.deleteProperty(globalThis, OWN);
  delete require.cache[module];
});

/** Stock tslab as it is loaded in its own kernel. */
function tslab(lastWriteDisplayData: unknown): void {
  require.cache[module] = { exports: { lastWriteDisplayData } } as NodeJS.Module;
}

it("there is none in a script", () => {
  expect(notebookHost()).toBeUndefined();
});

it("stock tslab listens only while a cell runs", () => {
  tslab(null);
  expect(notebookHost()).toBeUndefined();
  const write = vi.fn();
  tslab(write);
  notebookHost()!.display({ "text/plain": "a" });
  notebookHost()!.display({ "text/plain": "b" }, { displayId: "x", update: true, metadata: { m: 1 } });
  const id = (display_id?: string): object => ({ transient: { display_id } });
  expect(write.mock.calls).toEqual([
    [{ data: { "text/plain": "a" }, metadata: {}, ...id() }, false],
    [{ data: { "text/plain": "b" }, metadata: { m: 1 }, ...id("x") }, true],
  ]);
});

it("our own kernel comes first", () => {
  tslab(vi.fn());
  const own = { display: vi.fn() };
  Object.assign(globalThis, { [OWN]: own });
  expect(notebookHost()).toBe(own);
});
