import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  installKernel,
  kernelSpec,
  refusePlugNPlay,
  specFolder,
  uninstallKernel,
  type KernelSpec,
} from "../../src/kernel/install";

let prefix = "";
beforeEach(() => {
  prefix = mkdtempSync(join(tmpdir(), "dnn-lab-install-"));
});
afterEach(() => rmSync(prefix, { recursive: true, force: true }));

describe("installKernel", () => {
  test("writes a kernelspec with logos, and replaces an earlier one", () => {
    installKernel({ prefix });
    const folder = installKernel({ prefix, displayName: "TS", environment: { A: "1" } });
    expect(folder).toBe(join(prefix, "share", "jupyter", "kernels", "tslab"));
    const spec = JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8")) as KernelSpec;
    expect(spec).toMatchObject({
      language: "typescript",
      interrupt_mode: "message",
      display_name: "TS",
      env: { A: "1" },
    });
    expect(spec.argv.at(-1)).toBe("{connection_file}");
    for (const size of [32, 64]) {
      const png = readFileSync(join(folder, `logo-${size}x${size}.png`));
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
    }
    expect(readFileSync(join(folder, "logo-svg.svg"), "utf8")).toMatch(/^<svg /);
  });

  test("refuses where the package lies in an archive of Yarn's", () => {
    expect(() => refusePlugNPlay({ node: "20.20.2", pnp: "3" })).toThrow(/Plug'n'Play.*nodeLinker: node-modules/);
    expect(() => refusePlugNPlay({ node: "20.20.2" })).not.toThrow();
  });

  test("uninstalls its own kernelspec and no other", () => {
    const folder = installKernel({ prefix, name: "mine" });
    expect(uninstallKernel({ prefix, name: "mine" })).toBe(folder);
    expect(existsSync(folder)).toBe(false);
    expect(uninstallKernel({ prefix, name: "mine" })).toBeUndefined();
    installKernel({ prefix, name: "other" });
    const other = join(specFolder({ prefix, name: "other" }), "kernel.json");
    writeFileSync(other, JSON.stringify({ ...kernelSpec(), argv: ["tslab", "kernel"] }));
    expect(() => uninstallKernel({ prefix, name: "other" })).toThrow("another program");
    expect(existsSync(other)).toBe(true);
  });

  test.each([
    [{ name: "../x" }, "name"],
    [{ user: true, sysPrefix: true }, "exclude"],
    [{ user: true, prefix: "/x" }, "exclude"],
  ])("%j is refused", (options, reason) => {
    expect(() => specFolder(options)).toThrow(reason);
  });
});
