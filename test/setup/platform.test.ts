/** What the kernel's language asks of the machine stands in one file; what differs between systems has one place in each package. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environmentProgram } from "dnn-lab-core/environment-program";

const source = join(__dirname, "..", "..", "src");

/** The lines of a folder's files that match, in files that are not named. */
function linesWith(pattern: RegExp, folder: string, ending: string, allowed: readonly string[]): string[] {
  const names = readdirSync(join(source, folder), { recursive: true, encoding: "utf8" }).map((name) =>
    name.replaceAll("\\", "/"),
  );
  const files = names.filter((name) => name.endsWith(ending) && !/(^|\/)(dist|node_modules)\//.test(name));
  expect(files.length).toBeGreaterThan(5);
  for (const name of allowed) expect(files).toContain(name);
  return files
    .filter((name) => !allowed.includes(name))
    .flatMap((name) =>
      readFileSync(join(source, folder, name), "utf8")
        .split("\n")
        .filter((line) => pattern.test(line) && !/^\s*(\/?\*|\/\/|#)/.test(line))
        .map((line) => `${name}: ${line.trim()}`),
    );
}

describe("the machine", () => {
  it("is asked by the language's platform module alone, beside what starts the language on Node", () => {
    const starts = ["language-worker.ts", "server.ts", "load-typescript.ts", "language-cache.ts"];
    const asks = /from "node:|require\("node:|\bprocess\.(?!exit\(0\)")|\bts\.sys\b|\brequire\.resolve/;
    expect(linesWith(asks, "kernel/language", ".ts", ["platform.ts", ...starts])).toEqual([]);
  });

  it("is asked by one module of the notebooks' runner where systems differ", () => {
    const differs = /\bos\.name\b|sys\.platform|killpg|add_signal_handler|connect_read_pipe/;
    expect(linesWith(differs, "notebooks/runner", ".py", ["system.py"])).toEqual([]);
  });

  it("has an environment's programs where its system puts them", () => {
    expect(environmentProgram("env", "python", "linux")).toBe(join("env", "bin", "python"));
    expect(environmentProgram("env", "python", "win32")).toBe(join("env", "Scripts", "python.exe"));
    const places = /"Scripts"|"bin", "(python|jupyter)"/;
    for (const folder of ["kernel", "notebooks", "grader", "core"])
      expect(linesWith(places, folder, ".ts", folder === "core" ? ["environment-program.ts"] : [])).toEqual([]);
  });
});
