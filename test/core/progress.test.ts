/** What people see of work that lasts longer than a second. */
import { bar, startProgress, type ProgressOptions, type ProgressSink } from "dnn-lab-core/progress";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const HOST = Symbol.for("dnn-lab.display");

/** Lines that a sink is given; one that replaces the last is marked. */
function recorded(options: ProgressOptions, intervalMs = 100) {
  const lines: [string, boolean][] = [];
  const sink: ProgressSink = { intervalMs, write: (...line) => void lines.push(line) };
  return { lines, progress: startProgress(options, sink) };
}

describe("a bar", () => {
  it.each([
    [0, "          "],
    [0.5, "━━━━━     "],
    [1, "━━━━━━━━━━"],
    [-1, "          "],
    [7, "━━━━━━━━━━"],
  ])("of %d", (fraction, expected) => {
    expect(bar(fraction, 10)).toBe(expected);
  });

  it("has twenty places unless told otherwise", () => {
    expect(bar(0.25)).toBe("━━━━━" + " ".repeat(15));
  });
});

describe("progress", () => {
  it("shows nothing of work that ends within a second", () => {
    const { lines, progress } = recorded({ title: "fast", total: 2 });
    vi.advanceTimersByTime(999);
    progress.update(1);
    progress.finish();
    expect(lines).toEqual([]);
  });

  it("shows a bar from the first second on, at most once an interval, and how long it took", () => {
    const { lines, progress } = recorded({ title: "Pictures", total: 4, unit: "MB" });
    vi.advanceTimersByTime(1000);
    progress.update(1);
    vi.advanceTimersByTime(99);
    progress.update(2);
    vi.advanceTimersByTime(1);
    progress.update(2.25);
    vi.advanceTimersByTime(400);
    progress.finish();
    expect(lines).toEqual([
      [`Pictures ${bar(0.25)} 1/4 MB`, false],
      [`Pictures ${bar(2.25 / 4)} 2.3/4 MB`, false],
      ["Pictures: done in 1.5 s", true],
    ]);
  });

  it("counts where the end is not known, and ends with a note", () => {
    const { lines, progress } = recorded({ title: "Rows" });
    vi.advanceTimersByTime(1000);
    progress.update(1500);
    progress.finish("1,600 rows");
    expect(lines).toEqual([
      ["Rows: 1500", false],
      ["Rows: 1,600 rows", true],
    ]);
  });
});

/** What a piece of work of two seconds writes to the standard error. */
function written(isTTY: boolean): string[] {
  const said: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
  process.stderr.isTTY = isTTY;
  const progress = startProgress({ title: "Work" });
  for (let i = 1; i <= 20; i++) {
    vi.advanceTimersByTime(1000);
    progress.update(i);
  }
  progress.finish("a long note, longer than the line");
  return said;
}

describe("where it is shown", () => {
  const wasTTY = process.stderr.isTTY;
  afterEach(() => {
    process.stderr.isTTY = wasTTY;
    Reflect.deleteProperty(globalThis, HOST);
  });

  it("on a terminal, each line takes the place of the last one and covers it", () => {
    const said = written(true);
    expect(said).toHaveLength(21);
    expect(said[0]).toBe("\rWork: 1");
    expect(said[9]).toBe("\rWork: 10");
    expect(said.at(-1)).toBe("\rWork: a long note, longer than the line\n");
  });

  it("in a log, there is a line every ten seconds", () => {
    expect(written(false)).toEqual(["Work: 1\n", "Work: 11\n", "Work: a long note, longer than the line\n"]);
  });

  it("in a notebook, one output is updated and marked as no result", () => {
    const shown: unknown[] = [];
    Object.assign(globalThis, { [HOST]: { display: (...what: unknown[]) => shown.push(what) } });
    const progress = startProgress({ title: "Work" });
    vi.advanceTimersByTime(1000);
    progress.update(1);
    progress.finish();
    const options = { displayId: expect.stringMatching(/^[0-9a-f]{16}$/) as string };
    const metadata = { dnn_lab: { progress: true } };
    expect(shown).toEqual([
      [{ "text/plain": "Work: 1" }, { ...options, update: false, metadata }],
      [{ "text/plain": "Work: done in 1.0 s" }, { ...options, update: true, metadata }],
    ]);
    const ids = shown.map((each) => (each as [unknown, { displayId: string }])[1].displayId);
    expect(new Set(ids).size).toBe(1);
  });
});
