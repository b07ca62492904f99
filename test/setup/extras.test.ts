/** How npm is asked for optional packages. */
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { load } from "./load";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "extras ")));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

interface Extras {
  installPackages(folder: string, what: { packages: object }, detail: (text: string) => void): Promise<void>;
}

it("npm installs into the folder with the machine's settings (a company's certificates, its registry)", async () => {
  const npm = join(folder, "npm-cli.js");
  const said =
    "JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), prefix: process.env.npm_config_prefix })";
  writeFileSync(npm, `require("node:fs").writeFileSync("asked.json", ${said});`);
  vi.stubEnv("npm_execpath", npm);
  vi.stubEnv("npm_config_prefix", "/elsewhere");
  const { installPackages } = load<Extras>("../src/library/setup/extras.mjs");
  await installPackages(join(folder, "own"), { packages: { one: "1.0.0" } }, () => undefined);
  const { args, cwd, prefix } = JSON.parse(readFileSync(join(folder, "own", "asked.json"), "utf8")) as {
    args: string[];
    cwd: string;
    prefix?: string;
  };
  expect(args[0]).toBe("install");
  // npm looks for its global settings below the prefix.
  expect([args.filter((arg) => /prefix/.test(arg)), prefix]).toEqual([[], undefined]);
  expect(cwd).toBe(join(folder, "own"));
});
