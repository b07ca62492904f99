import { describe, expect, it } from "vitest";
import { parseEvent, type NotebookEvent } from "../../src/notebooks/run/events";
import { notebookProgress } from "../../src/notebooks/run/progress-display";

const events: NotebookEvent[] = [
  { event: "start", cells: 2, kernel: "tslab" },
  { event: "cell", cell: 1, index: 1, section: "Power", line: "const history = await fit(" },
  { event: "live", cell: 1, text: "1/2625 ━ loss: 1.5" },
  { event: "live", cell: 1, text: "2000/2625 ━ loss: 0.5" },
  { event: "done", cell: 1, index: 1, execution_count: 1, seconds: 31.24, raised: false },
  { event: "cell", cell: 2, index: 2, section: "Power", line: "history" },
  { event: "done", cell: 2, index: 2, execution_count: 2, seconds: 0.1, raised: false },
  { event: "end", seconds: 33, output: "x.ipynb", facts: null },
];

/** Everything written when an event comes every 6 s. */
function shown(isTTY: boolean, columns = 80): string {
  let text = "";
  let time = 0;
  const listen = notebookProgress({ isTTY, columns, write: (part) => (text += part) }, () => time);
  for (const event of events) {
    time += 6_000;
    listen(event);
  }
  return text;
}

describe("notebookProgress", () => {
  it("writes plain lines to a log: sections, a line of what is shown every ten seconds, long cells, the end", () => {
    expect(shown(false)).toBe(
      [
        "Executing 2 code cells with the kernel 'tslab'.",
        "cell 1/2: Power",
        "cell 1/2  2000/2625 ━ loss: 0.5",
        "cell 1/2 done in 31.2 s",
        "All 2 cells executed in 33.0 s.",
        "",
      ].join("\n"),
    );
  });

  it("rewrites one line on a terminal, cut to its width", () => {
    const text = shown(true, 20);
    expect(text).toContain("\r\x1b[2Kcell 1/2  1/2625 ━…");
    const rewritten = text.split("\n").flatMap((line) => line.split("\r\x1b[2K").slice(1, -1));
    expect(rewritten.length).toBeGreaterThan(2);
    expect(Math.max(...rewritten.map((line) => line.length))).toBeLessThan(20);
  });
});

describe("parseEvent", () => {
  it("reads an event, and takes other lines for what they are", () => {
    expect(parseEvent('{"event": "live", "cell": 1, "text": "x"}')).toEqual({ event: "live", cell: 1, text: "x" });
    for (const line of ["", "warning: x", "{}", "null", '{"event": "other"}', '{"event": "li'])
      expect(parseEvent(line)).toBeUndefined();
  });
});
