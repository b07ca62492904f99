/** The data sets and weights that the library would load: where they are looked for, and whether they are the official ones. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { cacheFolder, dataFolder } from "dnn-lab-core/folders";
import { hashOf } from "dnn-lab-core/hash";
import { ARCHIVE_NAME } from "../data/cifar10-archive";
import { COPY_NAME } from "../data/cifar10-copy";
import { ARCHIVE_MD5, BATCH_FILES, FOLDER as RECORDS, HOMEPAGE as CIFAR_HOMEPAGE } from "../data/cifar10-files";
import { RECORD_BYTES, RECORDS_PER_FILE } from "../data/cifar10-records";
import { FILES, HOMEPAGE } from "../data/fashion-mnist-files";
import { findOfficial, readOfficial } from "../data/official-files";
import type { Finding } from "./finding";

const md5 = (path: string): string => hashOf("md5", readFileSync(path));

/** The findings about both data sets and the pretrained weights. */
export function dataFindings(): Finding[] {
  let own: string | undefined;
  try {
    own = dataFolder();
  } catch (error) {
    return [{ state: "blocker", title: "DNN_LAB_DATA", detail: (error as Error).message }, modelFinding()];
  }
  const places = [...(own ? [["DNN_LAB_DATA", own] as const] : []), ["cache", cacheFolder()] as const];
  return [
    ...oneDataSet("Fashion-MNIST", places, fashionFinding, HOMEPAGE),
    ...oneDataSet("CIFAR-10", places, cifarFinding, CIFAR_HOMEPAGE),
    modelFinding(),
  ];
}

type Place = readonly [name: string, folder: string];

/** The findings of each place, and a gap when none of them has the data. */
function oneDataSet(
  name: string,
  places: readonly Place[],
  look: (title: string, folder: string) => Finding,
  homepage: string,
): Finding[] {
  const found = places.map(([place, folder]) => look(`${name}, ${place}`, folder));
  if (found.some(({ state }) => state === "ok" || state === "blocker")) return found;
  const remedy = `Put its files (${homepage}) into a folder, and set DNN_LAB_DATA to the folder that holds it.`;
  const detail = "none at hand: downloaded when the network allows, else a generated stand-in is used";
  return [...found, { state: "gap", title: `${name}, real data`, detail, remedy }];
}

function fashionFinding(title: string, parent: string): Finding {
  const folder = join(parent, "fashion-mnist");
  if (!existsSync(folder)) return { state: "note", title, detail: `no folder ${folder}` };
  const files = Object.values(FILES).flatMap(({ images, labels }) => [images, labels]);
  const paths = files.map((file) => ({ file, path: findOfficial(folder, file) }));
  const damaged = paths.flatMap(({ file, path }) => {
    try {
      if (path) readOfficial(path, file, HOMEPAGE);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  if (damaged.length) return damagedFiles(title, damaged);
  const missing = paths.filter(({ path }) => !path).map(({ file }) => `${file.name}.gz`);
  return presence(title, folder, files.length, missing);
}

function damagedFiles(title: string, messages: readonly string[]): Finding {
  const remedy = `Delete the damaged ${messages.length === 1 ? "file" : "files"}, or put the right ones there.`;
  return { state: "blocker", title, detail: messages.join("\n"), remedy };
}

function presence(title: string, folder: string, count: number, missing: readonly string[]): Finding {
  if (missing.length === 0) return { state: "ok", title, detail: `all ${count} files in ${folder}, checksums right` };
  return {
    state: "note",
    title,
    detail: `${folder} has ${count - missing.length} of ${count} files, lacks ${missing.join(", ")}`,
  };
}

/** In the order in which the loader looks: record files, the official archive, the JPEG copy. */
function cifarFinding(title: string, parent: string): Finding {
  const places = [parent, join(parent, "cifar-10")];
  const find = (name: string): string | undefined =>
    places.map((place) => join(place, name)).find((path) => existsSync(path));
  const records = find(RECORDS);
  if (records) return recordsFinding(title, records);
  const archive = find(ARCHIVE_NAME);
  if (archive) return archiveFinding(title, archive);
  const copy = find(COPY_NAME);
  if (copy) return { state: "ok", title, detail: `the copy as JPEG, ${copy} (its figures are compared as such)` };
  return { state: "note", title, detail: `none in ${places.join(" or ")}` };
}

function recordsFinding(title: string, folder: string): Finding {
  const size = RECORD_BYTES * RECORDS_PER_FILE;
  const missing = BATCH_FILES.filter((name) => !existsSync(join(folder, name)));
  const short = BATCH_FILES.filter((name) => !missing.includes(name) && statSync(join(folder, name)).size !== size);
  if (short.length)
    return damagedFiles(
      title,
      short.map((name) => `${join(folder, name)}: expected ${size} bytes, found ${statSync(join(folder, name)).size}`),
    );
  if (missing.length) return presence(title, folder, BATCH_FILES.length, missing);
  return { state: "ok", title, detail: `all ${BATCH_FILES.length} files in ${folder}` };
}

function archiveFinding(title: string, path: string): Finding {
  const found = md5(path);
  if (found === ARCHIVE_MD5) return { state: "ok", title, detail: `${path}, checksum right` };
  return damagedFiles(title, [`${path}: expected MD5 ${ARCHIVE_MD5}, found ${found}`]);
}

function modelFinding(): Finding {
  const title = "pretrained weights";
  const value = process.env.DNN_LAB_MODELS;
  if (!value) return { state: "note", title, detail: "DNN_LAB_MODELS is not set" };
  const folder = resolve(value);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    const detail = `DNN_LAB_MODELS is set to ${folder}, which is no folder`;
    return {
      state: "blocker",
      title,
      detail,
      remedy: "Set it to the folder that holds the weight files, or unset it.",
    };
  }
  const files = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  const lines = files.map(
    (path) => `\n${basename(path)}, ${(statSync(path).size / 1e6).toFixed(1)} MB, MD5 ${md5(path)}`,
  );
  return { state: files.length ? "ok" : "note", title, detail: `${files.length} files in ${folder}${lines.join("")}` };
}
