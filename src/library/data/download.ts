/** Downloads of files whose checksum is known: with time-outs and progress, and never half a file in its place. */
import { writeAtomically } from "dnn-lab-core/files";
import { checkInterrupt } from "dnn-lab-core/interrupt";
import { startProgress } from "dnn-lab-core/progress";
import { createHash, type FileHandle, open } from "../platform";
import { Watchdog } from "./watchdog";

export interface DownloadOptions {
  /** Addresses of the same file, tried one after another. */
  urls: readonly string[];
  /** Where the file goes; its folder is made. */
  path: string;
  /** MD5 of the whole file, hexadecimal. */
  md5: string;
  /** Longest wait for the beginning of an answer (default 5,000). */
  connectTimeoutMs?: number;
  /** Longest wait for the next bytes (default 20,000). */
  stallTimeoutMs?: number;
}

/** The file could not be downloaded. */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
}

/**
 * Downloads the file from the first address that delivers it whole. It is written under a temporary name and renamed
 * only when length and MD5 are right. Throws a {@link DownloadError} that says what went wrong at each address, and
 * the error of the file system when the file cannot be written.
 */
export async function download(options: DownloadOptions): Promise<void> {
  const failures: string[] = [];
  for (const url of options.urls) {
    try {
      return await writeAtomically(options.path, (temporary) => fetchTo(temporary, url, options));
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      failures.push(`${url}: ${error.message}`);
    }
  }
  throw new DownloadError(failures.join("; "));
}

async function fetchTo(path: string, url: string, options: DownloadOptions): Promise<void> {
  const watchdog = new Watchdog((message) => new DownloadError(message));
  const file = await open(path, "wx");
  try {
    const response = await request(url, watchdog, options);
    await receive(response, file, watchdog, options);
    await file.sync();
  } catch (error) {
    throw networkFault(error) ?? error;
  } finally {
    watchdog.stop();
    await file.close();
  }
}

async function request(url: string, watchdog: Watchdog, { connectTimeoutMs = 5_000 }: DownloadOptions) {
  watchdog.expect(connectTimeoutMs, `no answer within ${connectTimeoutMs / 1000} s`);
  // The checksum is that of the file as published, so nobody may unpack or repack it on the way.
  const response = await fetch(url, { signal: watchdog.signal, headers: { "accept-encoding": "identity" } });
  if (!response.ok) throw new DownloadError(`the server answered ${response.status} ${response.statusText}`.trim());
  return response;
}

async function receive(
  response: Response,
  file: FileHandle,
  watchdog: Watchdog,
  options: DownloadOptions,
): Promise<void> {
  const { path, md5, stallTimeoutMs = 20_000 } = options;
  const total = Number(response.headers.get("content-length")) || undefined;
  const name = path.split(/[\\/]/).pop();
  const progress = startProgress({ title: `Downloading ${name}`, unit: "MB", total: total && total / 1e6 });
  const hash = createHash("md5");
  let received = 0;
  watchdog.expect(stallTimeoutMs, `no bytes for ${stallTimeoutMs / 1000} s`);
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    checkInterrupt("The download");
    received += chunk.length;
    watchdog.expect(stallTimeoutMs, `no more bytes for ${stallTimeoutMs / 1000} s after ${received} of them`);
    hash.update(chunk);
    await file.writeFile(chunk);
    progress.update(received / 1e6);
  }
  progress.finish();
  const found = hash.digest("hex");
  if (found !== md5) throw new DownloadError(`expected MD5 ${md5}, received ${received} bytes with MD5 ${found}`);
}

/** The fault in words when `fetch` reports one of the network (it does so by a TypeError). */
function networkFault(error: unknown): DownloadError | undefined {
  if (!(error instanceof TypeError)) return undefined;
  const { code, message } = (error.cause ?? {}) as { code?: string; message?: string };
  const terminated = error.message === "terminated" ? "the connection broke off" : error.message;
  const detail = [code, message].filter(Boolean).join(" ");
  return new DownloadError(detail ? `${terminated} (${detail})` : terminated, { cause: error });
}
