/** The official archive `cifar-10-binary.tar.gz`, known by its checksum. */
import { checkInterrupt } from "dnn-lab-core/interrupt";
import { createGunzip, createHash, createReadStream, pipeline } from "../platform";

export const ARCHIVE_NAME = "cifar-10-binary.tar.gz";

const BLOCK = 512;

/**
 * Files of a `.tar.gz` by name. Throws when the archive is damaged or not the one with this MD5.
 * @param progress is told how many megabytes have been unpacked
 */
export async function readArchive(
  path: string,
  md5: string,
  progress: (megabytes: number) => void,
): Promise<Map<string, Uint8Array>> {
  const hash = createHash("md5");
  const chunks: Buffer[] = [];
  let received = 0;
  const source = createReadStream(path, { highWaterMark: 1 << 20 });
  source.on("data", (chunk) => hash.update(chunk));
  const collect = async (unpacked: AsyncIterable<Buffer>) => {
    for await (const chunk of unpacked) {
      checkInterrupt("Unpacking");
      chunks.push(chunk);
      progress((received += chunk.length) / 1e6);
    }
  };
  try {
    await pipeline(source, createGunzip({ chunkSize: 1 << 20 }), collect);
  } catch (error) {
    throw damagedArchive(path, error);
  }
  const found = hash.digest("hex");
  if (found !== md5)
    throw new Error(`${path}: expected the official file with MD5 ${md5}, found one with MD5 ${found}.`);
  return tarFiles(Buffer.concat(chunks));
}

function damagedArchive(path: string, error: unknown): unknown {
  const { code } = error as { code?: string };
  if (!code?.startsWith("Z_")) return error;
  return new Error(
    `${path}: expected a complete gzip archive, found a damaged or truncated one (${code}). Remove it.`,
    {
      cause: error,
    },
  );
}

/** Files of a tar archive: a header block (name at 0, size in octal at 124, kind at 156) before each one's content. */
export function tarFiles(archive: Buffer): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0;) {
    const text = (from: number, length: number) => archive.toString("latin1", at + from, at + from + length);
    const name = text(0, 100).split("\0")[0];
    const size = parseInt(text(124, 12), 8);
    const kind = text(156, 1);
    if (Number.isNaN(size)) throw new Error(`The archive is damaged: no size in the header of '${name}'.`);
    const content = at + BLOCK;
    if (kind === "0" || kind === "\0") files.set(name, archive.subarray(content, content + size));
    at = content + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
