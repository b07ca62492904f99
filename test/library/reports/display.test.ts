import { afterEach, describe, expect, test, vi } from "vitest";
import type { DisplayOptions, MimeBundle } from "../../../src/core/notebook-host";
import { display, html, markdown, mimeBundle } from "../../../src/library/reports/display";
import { historyTable } from "../../../src/library/reports/tables/history-table";
import { dataFrame } from "../../../src/library/reports/tables/danfo";
import { plainHistory } from "./histories";

const hostKey = Symbol.for("dnn-lab.display");
const displaySymbol = Symbol.for("Jupyter.display");
const globals = globalThis as Record<symbol, unknown>;

afterEach(() => {
  delete globals[hostKey];
  vi.restoreAllMocks();
});

function listen(): { bundle: MimeBundle; options?: DisplayOptions }[] {
  const shown: { bundle: MimeBundle; options?: DisplayOptions }[] = [];
  globals[hostKey] = { display: (bundle: MimeBundle, options?: DisplayOptions) => shown.push({ bundle, options }) };
  return shown;
}

describe("display", () => {
  test("sends the whole bundle to the notebook, with the display's id", async () => {
    const shown = listen();
    await display(
      { [displaySymbol]: async () => ({ "text/html": "<b>x</b>", "text/plain": "x" }) },
      { displayId: "a", update: true },
    );
    expect(shown).toEqual([
      { bundle: { "text/html": "<b>x</b>", "text/plain": "x" }, options: { displayId: "a", update: true } },
    ]);
  });

  test("prints the text outside a notebook", async () => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    await display(markdown("# Title"));
    await display({ [displaySymbol]: () => ({ "image/png": "…" }) });
    expect(write.mock.calls.map(([text]) => text)).toEqual(["# Title\n", "(shown in a notebook only: image/png)\n"]);
  });

  test("finds stock tslab's channel", async () => {
    const sent: unknown[] = [];
    const path = "/x/node_modules/tslab/dist/jupyter.js";
    require.cache[path] = { exports: { lastWriteDisplayData: (...parts: unknown[]) => sent.push(parts) } } as never;
    try {
      await display(html("<i>y</i>", "y"));
    } finally {
      delete require.cache[path];
    }
    expect(sent).toMatchObject([[{ data: { "text/html": "<i>y</i>", "text/plain": "y" } }, false]]);
  });

  test("refuses a bundle without content, and unknown options", async () => {
    await expect(display({ [displaySymbol]: () => undefined })).rejects.toThrow(
      "must return content by MIME type, received undefined",
    );
    await expect(display("x", { id: "a" } as never)).rejects.toThrow("unknown option 'id'");
  });
});

describe("mimeBundle", () => {
  test("plain values are text", async () => {
    expect(await mimeBundle("a\nb")).toEqual({ "text/plain": "a\nb" });
    expect(await mimeBundle({ a: [1] })).toEqual({ "text/plain": "{ a: [ 1 ] }" });
    expect(await mimeBundle(undefined)).toEqual({ "text/plain": "undefined" });
  });

  test("danfo tables are HTML and aligned text", async () => {
    const bundle = await mimeBundle(historyTable(plainHistory));
    expect(bundle["text/plain"]).toBe(
      [
        "   epoch  loss  accuracy  val_loss  val_accuracy",
        "─  ─────  ────  ────────  ────────  ────────────",
        "0      1   0.9       0.7       0.6          0.78",
        "1      2   0.5       0.8      0.55          0.83",
        "2      3   0.4      0.85      0.52          0.82",
      ].join("\n"),
    );
    expect(bundle["text/html"]).toContain("<tr><th>1</th><td>2</td><td>0.5</td><td>0.8</td>");
  });

  test("a danfo series is a table of one column", async () => {
    const bundle = await mimeBundle(historyTable(plainHistory).column("loss"));
    expect(bundle["text/html"]).toContain("<tr><th></th><th>loss</th></tr>");
    expect(bundle["text/html"]).toContain("<tr><th>2</th><td>0.4</td></tr>");
  });

  test("long tables show their ends and their size", async () => {
    const bundle = await mimeBundle(dataFrame({ n: Array.from({ length: 1000 }, (_, index) => index) }));
    const lines = (bundle["text/plain"] as string).split("\n");
    expect(lines).toHaveLength(2 + 61 + 1);
    expect(lines.at(-2)).toMatch(/^999 +999$/);
    expect(lines.at(-1)).toBe("1000 rows × 1 columns");
  });

  test("what a table holds cannot become markup", async () => {
    const bundle = await mimeBundle(dataFrame({ "<b>": ["<script>alert(1)</script>", "a&b"] }));
    expect(bundle["text/html"]).not.toMatch(/<b>|<script>/);
    expect(bundle["text/html"]).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  });
});
