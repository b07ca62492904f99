/**
 * The child process that draws figures: a headless browser with plotly.js in one page (see renderer.ts).
 *
 * In: `{ id, figure, format, width, height, scale }` messages. Out: `{ id, image }` or `{ id, error, noBrowser? }`.
 * Ends, with the browser, when the channel closes.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { escapeHtml } from "dnn-lab-core/html";
import { isAlive } from "dnn-lab-core/processes";

const require = createRequire(import.meta.url);
const { folder, plotly, puppeteer: puppeteerModule, chromium, executables, bundled } = JSON.parse(process.argv[2]);

/** This process' own temporary files: the browser's profile, and what is being unpacked. */
const own = join(folder, String(process.pid));

/** @type {Promise<{ browser: import("puppeteer-core").Browser, page: import("puppeteer-core").Page }> | undefined} */
let opened;
let queue = Promise.resolve();
let ending = false;

process.on("message", (request) => {
  queue = queue.then(() => answer(request));
});
process.on("disconnect", end);
// A notebook's interrupt goes to the whole process group; the drawing goes on.
process.on("SIGINT", () => {});
process.on("SIGTERM", end);

async function answer({ id, figure, format, width, height, scale }) {
  let page;
  try {
    ({ page } = await (opened ??= open()));
  } catch (error) {
    opened = undefined;
    return reply({ id, error: oneLine(error), noBrowser: true });
  }
  try {
    const options = { format, width, height, scale, imageDataOnly: true };
    const image = await page.evaluate((f, o) => globalThis.Plotly.toImage(f, o), figure, options);
    reply({ id, image });
  } catch (error) {
    reply({ id, error: oneLine(error) });
  }
}

function reply(message) {
  if (process.connected) process.send(message);
}

/** Starts the first browser that works and loads plotly.js into a page. */
async function open() {
  sweep();
  mkdirSync(own, { recursive: true, mode: 0o700 });
  process.env.TMPDIR = own;
  const puppeteer = require(puppeteerModule);
  const failures = [];
  for (const attempt of await attempts(failures)) {
    try {
      const browser = await puppeteer.launch(launchOptions(attempt));
      browser.on("disconnected", () => (opened = undefined));
      return { browser, page: await plotPage(browser) };
    } catch (error) {
      failures.push(`${attempt.executablePath}: ${oneLine(error)}`);
    }
  }
  throw new Error(failures.join("; ") || "none was found.");
}

/** Browsers and settings to try. The sandbox cannot work for root, and some systems deny it to others. */
async function attempts(failures) {
  const found = executables.map((executablePath) => ({ executablePath, env: process.env }));
  if (bundled && chromium) {
    try {
      found.unshift(...(await bundledBrowser()));
    } catch (error) {
      failures.push(`@sparticuz/chromium: ${oneLine(error)}`);
    }
  }
  const sandboxes = process.getuid?.() === 0 ? [false] : [true, false];
  return found.flatMap((browser) => sandboxes.map((sandbox) => ({ ...browser, sandbox })));
}

function launchOptions({ executablePath, env, sandbox }) {
  return {
    executablePath,
    env,
    headless: /chromium-\d/.test(executablePath) ? "shell" : true,
    // The browser ends when this pipe closes, however this process ends.
    pipe: true,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      ...(sandbox ? [] : ["--no-sandbox"]),
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-extensions",
      "--font-render-hinting=none",
      "--force-color-profile=srgb",
      // No host is ever looked up: nothing a figure names can be fetched.
      "--host-resolver-rules=MAP * ~NOTFOUND",
    ],
  };
}

async function plotPage(browser) {
  const page = await browser.newPage();
  await page.setContent("<!doctype html><meta charset='utf-8'><body></body>");
  await page.addScriptTag({ path: plotly });
  return page;
}

/**
 * npm's Chromium, unpacked once for each version: with the system's libraries, then with those it brings along for
 * systems that lack them.
 */
async function bundledBrowser() {
  const { version } = require(join(chromium, "package.json"));
  const home = join(folder, `chromium-${version}`);
  if (!existsSync(home)) await unpack(home);
  const env = { ...process.env, FONTCONFIG_FILE: fontConfiguration(home) };
  const libraries = [join(home, "al2023", "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  const executablePath = join(home, "chromium");
  return [
    { executablePath, env },
    { executablePath, env: { ...env, LD_LIBRARY_PATH: libraries } },
  ];
}

/** Unpacks beside the final place and renames, so that no other process ever sees half a browser. */
async function unpack(home) {
  const temporary = join(own, "unpacked");
  mkdirSync(temporary, { recursive: true });
  const before = { ...process.env };
  // The package unpacks into the system's temporary folder, and its libraries only where it believes to be on AWS.
  Object.assign(process.env, { TMPDIR: temporary, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" });
  try {
    const { main } = require(join(chromium, "package.json"));
    const module = await import(pathToFileURL(join(chromium, main)).href);
    await (module.default ?? module).executablePath();
  } finally {
    for (const name of ["TMPDIR", "AWS_EXECUTION_ENV", "FONTCONFIG_PATH", "LD_LIBRARY_PATH"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
  try {
    renameSync(temporary, home);
  } catch (error) {
    // Another process was first.
    if (!existsSync(home)) throw error;
  }
}

/** Fonts for machines that have none: the package's Open Sans first, then the system's. */
function fontConfiguration(home) {
  const path = join(own, "fonts.conf");
  writeFileSync(
    path,
    `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>` +
      `<dir>${escapeHtml(join(home, "fonts"))}</dir><dir>/usr/share/fonts</dir>` +
      `<cachedir>${escapeHtml(join(home, "font-cache"))}</cachedir></fontconfig>\n`,
  );
  return path;
}

/** Removes what renderers that were killed have left; their folders are named by process id. */
function sweep() {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (!/^\d+$/.test(name) || isAlive(Number(name))) continue;
    const path = join(folder, name);
    // A process id says nothing about another container that shares the folder: leave what is young.
    if (Date.now() - statSync(path).mtimeMs > 3_600_000) rmSync(path, { recursive: true, force: true });
  }
}

async function end() {
  if (ending) return;
  ending = true;
  const browser = await opened?.then(
    (result) => result.browser,
    () => undefined,
  );
  // A page that is busy drawing may keep the browser from closing.
  const closed = browser?.close().catch(() => undefined);
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 3000))]);
  browser?.process()?.kill("SIGKILL");
  rmSync(own, { recursive: true, force: true, maxRetries: 3 });
  process.exit(0);
}

function oneLine(error) {
  const text = String(error?.message ?? error);
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  // puppeteer's launch errors end with a link; the browser's own words are in between.
  return lines
    .filter((line) => !/^(TROUBLESHOOTING|https?:)/.test(line))
    .slice(0, 3)
    .join(" ");
}
