import { afterEach, describe, expect, it, vi } from "vitest";
import { Absent, chosenSource, walkSources, type Source } from "../../../src/library/data/source-chain";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const absent =
  (reason: string, notable = true) =>
  () =>
    new Absent(reason, notable);
const sources = (changes: Partial<Record<"folder" | "cache" | "download" | "generated", Source<string>>>) => ({
  folder: absent("no folder", false),
  cache: absent("empty cache", false),
  download: absent("no network"),
  generated: () => "drawn",
  ...changes,
});

function notices(): string[] {
  const lines: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  return lines;
}

describe("walkSources", () => {
  it("takes the first source that has the data, and asks no other", async () => {
    const later = vi.fn(() => "later");
    const found = await walkSources("load", sources({ cache: async () => "kept", download: later }), "auto");
    expect(found).toEqual({ source: "cache", data: "kept" });
    expect(later).not.toHaveBeenCalled();
  });

  it("goes on past an absence, and tells the notable ones once", async () => {
    const lines = notices();
    for (let i = 0; i < 2; i++) {
      expect(await walkSources("load", sources({}), "auto")).toEqual({ source: "generated", data: "drawn" });
    }
    expect(lines).toEqual(["load: no network\n"]);
  });

  it("says of a failed download in few words whom it asked, and all of it to who insists on it", async () => {
    const lines = notices();
    const details = "https://a.org/x: fetch failed (ENOTFOUND); https://b.org/x: fetch failed (ENOTFOUND)";
    const urls = ["https://a.org/x", "https://b.org/x", "https://b.org/y"];
    const offline = sources({ download: () => Absent.offline("the download of x failed", urls, details) });
    await walkSources("load", offline, "auto");
    expect(lines).toEqual(["load: the download of x failed (asked: a.org, b.org).\n"]);
    await expect(walkSources("load", offline, "download")).rejects.toThrow(`the download of x failed: ${details}`);
  });

  it("does not go on past damaged data", async () => {
    const damaged = () => {
      throw new Error("file: expected 7 bytes, found 3.");
    };
    await expect(walkSources("load", sources({ folder: damaged }), "auto")).rejects.toThrow(
      "expected 7 bytes, found 3",
    );
  });

  it("insists on a chosen source", async () => {
    const lines = notices();
    expect(await walkSources("load", sources({ folder: () => "mine" }), "generated")).toEqual({
      source: "generated",
      data: "drawn",
    });
    await expect(walkSources("load", sources({}), "download")).rejects.toThrow(
      "load: no data from source 'download': no network. Choose another source ('auto', 'folder', 'cache', 'download', 'generated').",
    );
    expect(lines).toEqual([]);
  });
});

describe("chosenSource", () => {
  it("takes the option, else DNN_LAB_SOURCE, else auto", () => {
    vi.stubEnv("DNN_LAB_SOURCE", "");
    expect(chosenSource("load", undefined)).toBe("auto");
    vi.stubEnv("DNN_LAB_SOURCE", "cache");
    expect(chosenSource("load", undefined)).toBe("cache");
    expect(chosenSource("load", "generated")).toBe("generated");
  });

  it("refuses other names, wherever they come from", () => {
    expect(() => chosenSource("load", "net" as never)).toThrow(/load: source must be one of 'auto', .* received "net"/);
    vi.stubEnv("DNN_LAB_SOURCE", "generatd");
    expect(() => chosenSource("load", undefined)).toThrow(
      /variable DNN_LAB_SOURCE must be one of .*Did you mean 'generated'/,
    );
  });
});
