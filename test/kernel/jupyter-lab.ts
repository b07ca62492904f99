/** JupyterLab on a free port with folders of its own, and a headless browser to look at it with. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import puppeteer, { type Browser } from "puppeteer-core";
import { rendererFolder } from "../../src/library/reports/images/cache-folder";
import { figureImage } from "../../src/library/reports/images/figure-image";
import { findBrowser } from "../../src/library/reports/images/find-browser";
import { stopRenderer } from "../../src/library/reports/images/renderer";
import { jupyterPath, python, root } from "./kernelUnderTest";

const START_LIMIT_MS = 90_000;
const END_LIMIT_MS = 15_000;
const POLL_MS = 100;

/** JupyterLab that ends when its standard input does: with the process that started it, however that ends. */
const SERVER = `
import os, signal, sys, threading

def watch():
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=watch, daemon=True).start()
from jupyterlab.labapp import main
main()
`;

/** Why these tests cannot run here; undefined when they can. */
export function obstacle(): string | undefined {
  if (!existsSync(python)) return `there is no ${python}`;
  try {
    execFileSync(python, ["-c", "import jupyterlab"], { stdio: "ignore" });
  } catch {
    return "JupyterLab is not installed";
  }
  const { bundled, executables } = findBrowser();
  return bundled || executables.length > 0 ? undefined : "no browser was found";
}

/** A running JupyterLab. */
export interface Lab {
  /** Address of a notebook in its folder. */
  address(notebook: string): string;
  /** Ends the server, its kernels with it, and removes its folders. */
  stop(): Promise<void>;
}

/** Starts JupyterLab on a folder that holds `files`; the kernel is the one under test. */
export async function startLab(files: Readonly<Record<string, string>>): Promise<Lab> {
  const home = mkdtempSync(join(tmpdir(), "dnn lab jupyterlab "));
  const kernels = jupyterPath();
  const work = join(home, "work");
  mkdirSync(work);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(work, name), content);
  const port = await freePort();
  const token = randomUUID();
  const server = spawn(python, commandLine(port, token, work), {
    cwd: work,
    env: environment(home, kernels),
    stdio: ["pipe", "ignore", "pipe"],
  });
  let log = "";
  server.stderr?.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-8000)));
  const stop = async () => {
    await endProcess(server);
    rmSync(home, { recursive: true, force: true });
    rmSync(dirname(dirname(kernels)), { recursive: true, force: true });
  };
  try {
    await answers(`http://127.0.0.1:${port}/api/status?token=${token}`, server, () => log);
  } catch (error) {
    await stop();
    throw error;
  }
  return { address: (notebook) => `http://127.0.0.1:${port}/lab/tree/${notebook}?token=${token}`, stop };
}

function commandLine(port: number, token: string, work: string): string[] {
  return [
    "-c",
    SERVER,
    "--no-browser",
    "--ServerApp.ip=127.0.0.1",
    `--ServerApp.port=${port}`,
    "--ServerApp.port_retries=0",
    `--ServerApp.root_dir=${work}`,
    `--IdentityProvider.token=${token}`,
    "--LabApp.extension_manager=readonly",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
  ];
}

/** No questions, and all cells in the page. */
const SETTINGS = {
  "apputils-extension/notification": { fetchNews: "false" },
  "notebook-extension/tracker": { windowingMode: "none" },
};

/** Settings, workspaces and running servers of the person who runs the tests stay out of it. */
function environment(home: string, kernels: string): NodeJS.ProcessEnv {
  for (const [name, content] of Object.entries(SETTINGS)) {
    const file = join(home, "settings", "@jupyterlab", `${name}.jupyterlab-settings`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
  }
  const folders = {
    JUPYTER_CONFIG_DIR: join(home, "config"),
    JUPYTER_DATA_DIR: join(home, "data"),
    JUPYTER_RUNTIME_DIR: join(home, "runtime"),
    JUPYTERLAB_SETTINGS_DIR: join(home, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(home, "workspaces"),
  };
  return { ...process.env, ...folders, JUPYTER_PATH: kernels, DNN_LAB_HISTORY: "off", PYTHONNOUSERSITE: "1" };
}

async function answers(url: string, server: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`JupyterLab ended with code ${server.exitCode}:\n${log()}`);
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await sleep(POLL_MS);
  }
  throw new Error(`JupyterLab did not answer within ${START_LIMIT_MS / 1000} s:\n${log()}`);
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), END_LIMIT_MS);
  await ended;
  clearTimeout(force);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** A headless browser; it ends with this process, however that ends. */
export async function startBrowser(): Promise<Browser> {
  // Drawing an empty figure unpacks npm's browser where that was not done yet.
  await figureImage({ data: [], layout: {} });
  await stopRenderer();
  const { bundled, executables } = findBrowser();
  const failures: string[] = [];
  for (const { executablePath, env } of [
    ...(bundled ? bundledBrowser() : []),
    ...executables.map((path) => ({ executablePath: path, env: process.env })),
  ]) {
    try {
      return await puppeteer.launch({
        executablePath,
        env,
        headless: /chromium-\d/.test(executablePath) ? "shell" : true,
        pipe: true,
        defaultViewport: { width: 1200, height: 1000 },
        args: ["--disable-gpu", "--disable-dev-shm-usage", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
      });
    } catch (error) {
      failures.push(`${executablePath}: ${(error as Error).message}`);
    }
  }
  throw new Error(`no browser could be started: ${failures.join("; ")}`);
}

/** npm's Chromium where the renderer unpacked it: with the system's libraries, then with those that it brings along. */
function bundledBrowser(): { executablePath: string; env: NodeJS.ProcessEnv }[] {
  const { version } = JSON.parse(
    readFileSync(join(root, "node_modules", "@sparticuz", "chromium", "package.json"), "utf8"),
  ) as { version: string };
  const home = join(rendererFolder(), `chromium-${version}`);
  const executablePath = join(home, "chromium");
  const libraries = [join(home, "al2023", "lib"), process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(":");
  return [
    { executablePath, env: process.env },
    { executablePath, env: { ...process.env, LD_LIBRARY_PATH: libraries } },
  ];
}
