/** One language for several kernels: sessions are apart from each other, and its end costs nobody a cell. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LanguageClient as Client } from "../../../src/kernel/protocol/language-client";
import { buildKernel } from "../kernelUnderTest";

let kernel = "";
let LanguageClient: typeof Client;
let folder = "";
let socket = "";
let server: ChildProcess;
const clients: Client[] = [];

beforeAll(() => {
  kernel = buildKernel();
  ({ LanguageClient } = require(join(kernel, "protocol", "language-client.js")) as { LanguageClient: typeof Client });
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dnn lab language "));
  socket = join(folder, "socket");
  server = spawn(process.execPath, [join(kernel, "language", "server.js"), socket], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await new Promise((settle) => server.stdout?.once("data", settle));
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.stop()));
  server.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function notebook(cwd = folder): Client {
  const client = new LanguageClient({ cwd }, socket);
  clients.push(client);
  return client;
}

const cell = (code: string, id = "In[1]") => ({ id, code, check: "error" as const });
const messages = async (client: Client, code: string, id = "In[2]") =>
  (await client.compile(cell(code, id))).diagnostics.map(({ message }) => message);

describe("a language server", () => {
  it("knows what a notebook's cells declared, and nothing of another's", async () => {
    const [one, other] = [notebook(), notebook()];
    await one.compile(cell("const n: number = 1"));
    await one.commit("In[1]");
    expect(await messages(one, "n.toUpperCase()")).toEqual(["Property 'toUpperCase' does not exist on type 'number'."]);
    expect(await messages(other, "n + 1")).toEqual(["Cannot find name 'n'."]);
  });

  it("forgets a notebook's cells before the next one gets its types", async () => {
    const first = notebook();
    await first.compile(cell("const left = 1; interface Left { a: number }"));
    await first.commit("In[1]");
    await first.stop();
    await sleep(200); // until the server has noticed
    const next = notebook();
    expect(await messages(next, "left; let x: Left")).toEqual(["Cannot find name 'left'.", "Cannot find name 'Left'."]);
    // A name of the last notebook may be declared as something else.
    await next.compile(cell("const left = 'text'", "In[3]"));
    await next.commit("In[3]");
    expect(await messages(next, "left.toUpperCase()")).toEqual([]);
  });

  it("tells each notebook what is wrong with its tsconfig.json", async () => {
    writeFileSync(join(folder, "tsconfig.json"), '{ "compilerOptions": { "strict": "perhaps" } }');
    for (const _ of [1, 2]) {
      const client = notebook();
      expect(await messages(client, "1 + 1")).toEqual([expect.stringContaining("tsconfig.json")]);
      await client.stop();
      await sleep(200);
    }
  });

  it("sees local files of each notebook's own folder as they are now", async () => {
    const [one, other] = ["one", "other"].map((name) => mkdtempSync(join(folder, name)));
    writeFileSync(join(one, "local.ts"), "export const a = 1");
    writeFileSync(join(other, "local.ts"), "export const a = 'text'");
    expect(await messages(notebook(one), "import { a } from './local'; a.toFixed()")).toEqual([]);
    expect(await messages(notebook(other), "import { a } from './local'; a.toFixed()")).toHaveLength(1);
    writeFileSync(join(one, "local.ts"), "export const b = 1");
    await clients[0].stop();
    await sleep(200);
    expect(await messages(notebook(one), "import { b } from './local'; b.toFixed()")).toEqual([]);
  });

  it("killed, leaves each notebook with a thread that knows its cells, and no question without an answer", async () => {
    const client = notebook();
    await client.compile(cell("const n: number = 1"));
    await client.commit("In[1]");
    const asked = messages(client, "n.toUpperCase()");
    server.kill("SIGKILL");
    expect(await asked).toEqual(["Property 'toUpperCase' does not exist on type 'number'."]);
    expect(client.isShared).toBe(false);
    expect(await messages(client, "n + 1", "In[3]")).toEqual([]);
  });

  it("killed in the middle of a reply, leaves no question without an answer", async () => {
    const path = join(folder, "half");
    const half = createServer((connection) => connection.once("data", () => connection.end('{"id":1,"resu')));
    await new Promise<void>((settle) => half.listen(path, settle));
    const client = new LanguageClient({ cwd: folder }, path);
    clients.push(client);
    expect(await messages(client, "nothingHere")).toEqual(["Cannot find name 'nothingHere'."]);
    half.close();
  });

  it("that is not there, or refuses, is done without", async () => {
    const missing = new LanguageClient({ cwd: folder }, join(folder, "nothing"));
    clients.push(missing);
    expect(await messages(missing, "nothingHere")).toEqual(["Cannot find name 'nothingHere'."]);
    expect(missing.isShared).toBe(false);
  });

  it("refuses kernels of another installation and what is no message, and goes on", async () => {
    for (const hello of [JSON.stringify({ language: "/elsewhere", cwd: folder }), "no JSON"]) {
      const stranger = connect(socket);
      stranger.on("error", () => undefined);
      stranger.write(`${hello}\n`);
      await new Promise((settle) => stranger.once("close", settle));
    }
    const client = notebook();
    expect(await messages(client, "1 + 1")).toEqual([]);
    expect(client.isShared).toBe(true);
  });

  it("ends with the process that started it", async () => {
    const ended = new Promise((settle) => server.once("exit", settle));
    server.stdin?.end();
    expect(await ended).toBe(0);
    expect(existsSync(folder)).toBe(false);
  });
});
