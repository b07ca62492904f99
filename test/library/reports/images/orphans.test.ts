import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { rendererFolder } from "../../../../src/library/reports/images/cache-folder";
import { findBrowser } from "../../../../src/library/reports/images/find-browser";

/** Starts the drawing process as renderer.ts does, has it draw, prints its process id and then hangs. */
const parentProgram = `
  const child = require("node:child_process").fork(process.argv[1], [process.argv[2]], { stdio: ["ignore", "ignore", "inherit", "ipc"], execArgv: [] });
  child.on("message", (answer) => { console.log(answer.error ?? child.pid); setInterval(() => {}, 1000); });
  child.send({ id: 0, figure: { data: [{ y: [1, 2] }], layout: {} }, format: "svg", width: 100, height: 100, scale: 1 });
`;

const root = join(__dirname, "..", "..", "..", "..");
const program = join(root, "src", "library", "reports", "images", "renderer-process.mjs");
const folder = rendererFolder();
let parent: ChildProcess | undefined;

afterEach(() => void parent?.kill("SIGKILL"));

async function startParent(): Promise<number> {
  const packages = { plotly: require.resolve("plotly.js-dist-min"), puppeteer: require.resolve("puppeteer-core") };
  const chromium = join(root, "node_modules", "@sparticuz", "chromium");
  const settings = { folder, ...packages, chromium, ...findBrowser() };
  parent = spawn(process.execPath, ["-e", parentProgram, program, JSON.stringify(settings)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const printed = await new Promise<string>((resolve) =>
    parent!.stdout!.once("data", (text: Buffer) => resolve(text.toString())),
  );
  expect(printed.trim()).toMatch(/^\d+$/);
  return Number(printed);
}

/** Process id → parent's, for all processes of this machine. */
function parents(): Map<number, number> {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return new Map(
    ids.flatMap((id) => {
      try {
        const stat = readFileSync(`/proc/${id}/stat`, "utf8");
        const [state, parentId] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return state === "Z" ? [] : [[Number(id), Number(parentId)] as const];
      } catch {
        return [];
      }
    }),
  );
}

function descendants(of: number): number[] {
  const table = parents();
  const found = [of];
  for (const id of found) for (const [child, parentId] of table) if (parentId === id) found.push(child);
  return found.slice(1);
}

async function allGone(ids: number[]): Promise<number[]> {
  for (let tries = 0; tries < 600; tries++) {
    const table = parents();
    if (!ids.some((id) => table.has(id))) return [];
    await wait(50);
  }
  const table = parents();
  return ids.filter((id) => table.has(id));
}

describe.skipIf(process.platform !== "linux")("no process is left behind", () => {
  test("when the process that draws is killed with SIGKILL, and neither are its files", async () => {
    const renderer = await startParent();
    const family = [renderer, ...descendants(renderer)];
    expect(family.length).toBeGreaterThan(2);
    expect(existsSync(join(folder, String(renderer)))).toBe(true);
    parent!.kill("SIGKILL");
    expect(await allGone(family)).toEqual([]);
    expect(existsSync(join(folder, String(renderer)))).toBe(false);
  });

  test("when the renderer itself is killed with SIGKILL", async () => {
    const renderer = await startParent();
    const browsers = descendants(renderer);
    expect(browsers.length).toBeGreaterThan(1);
    process.kill(renderer, "SIGKILL");
    expect(await allGone(browsers)).toEqual([]);
    rmSync(join(folder, String(renderer)), { recursive: true, force: true });
  });
});
