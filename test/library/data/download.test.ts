import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { download, DownloadError, type DownloadOptions } from "../../../src/library/data/download";

const BODY = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * i) % 251));
const md5 = createHash("md5").update(BODY).digest("hex");

let folder: string;
let path: string;
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn-lab-download-"));
  path = join(folder, "new", "file.gz");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.gz`;
}

const whole: RequestListener = (_request, response) => response.setHeader("content-length", BODY.length).end(BODY);
const other: RequestListener = (_request, response) => response.end("<html>Please log in</html>");
const broken: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-length": BODY.length });
  response.write(BODY.subarray(0, 1000), () => response.destroy());
};
const stalled: RequestListener = (_request, response) => {
  response.writeHead(200, { "content-length": BODY.length });
  response.write(BODY.subarray(0, 1000));
};
const silent: RequestListener = () => undefined;
const missing: RequestListener = (_request, response) => response.writeHead(404).end();

const get = (urls: string[], options: Partial<DownloadOptions> = {}) => download({ urls, path, md5, ...options });

/** The message of a download that fails; nothing may be left of it. */
async function fault(listener: RequestListener, options: Partial<DownloadOptions> = {}): Promise<string> {
  const url = await serve(listener);
  const error = await get([url], options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DownloadError);
  expect(readdirSync(join(folder, "new"))).toEqual([]);
  const { message } = error as Error;
  expect(message.startsWith(`${url}: `)).toBe(true);
  return message.slice(url.length + 2);
}

describe("download", () => {
  it("brings the file, and asks for it uncompressed", async () => {
    let encoding: string | undefined;
    const url = await serve((request, response) => {
      encoding = request.headers["accept-encoding"];
      whole(request, response);
    });
    await get([url]);
    expect(readFileSync(path).equals(BODY)).toBe(true);
    expect(readdirSync(join(folder, "new"))).toEqual(["file.gz"]);
    expect(encoding).toBe("identity");
  });

  it("follows a redirection", async () => {
    const target = await serve(whole);
    await get([await serve((_request, response) => response.writeHead(302, { location: target }).end())]);
    expect(readFileSync(path).equals(BODY)).toBe(true);
  });

  it("leaves nothing of a body that breaks off", async () => {
    expect(await fault(broken)).toMatch(/^the connection broke off/);
  });

  it("leaves nothing of a file with another checksum", async () => {
    const found = createHash("md5").update("<html>Please log in</html>").digest("hex");
    expect(await fault(other)).toBe(`expected MD5 ${md5}, received 26 bytes with MD5 ${found}`);
  });

  it("gives up on a server that does not answer", async () => {
    expect(await fault(silent, { connectTimeoutMs: 150 })).toBe("no answer within 0.15 s");
  });

  it("gives up on a transfer that stalls", async () => {
    expect(await fault(stalled, { stallTimeoutMs: 150 })).toBe("no more bytes for 0.15 s after 1000 of them");
  });

  it("tells an error of the server, and a port that nobody listens on", async () => {
    expect(await fault(missing)).toBe("the server answered 404 Not Found");
    const url = await serve(whole);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    await expect(get([url])).rejects.toThrow(/fetch failed \(ECONNREFUSED/);
  });

  it("turns to the mirror after any such fault, and not before", async () => {
    for (const first of [missing, broken, other]) {
      const mirror = await serve(whole);
      await get([await serve(first), mirror]);
      expect(readFileSync(path).equals(BODY)).toBe(true);
      rmSync(path);
    }
    let asked = false;
    const mirror = await serve((request, response) => {
      asked = true;
      whole(request, response);
    });
    await get([await serve(whole), mirror]);
    expect(asked).toBe(false);
  });

  it("tells what went wrong at each address", async () => {
    const urls = [await serve(missing), await serve(other)];
    await expect(get(urls)).rejects.toThrow(/^http.*: the server answered 404 Not Found; http.*: expected MD5/);
  });

  it("does not blame the network for the disk", async () => {
    writeFileSync(join(folder, "new"), "a file where the folder should be");
    const error = await get([await serve(whole)]).catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(DownloadError);
    expect((error as Error).message).toMatch(/EEXIST|ENOTDIR/);
  });
});
