/** The data that the library would load: its folders, and whether their files are the official ones. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";

const REMEDY =
  "Put the four files of github.com/zalandoresearch/fashion-mnist (data/fashion) into a folder fashion-mnist/ and set DNN_LAB_DATA to the folder that holds it.";

function fashionFinding({ place, folder, exists, files, problem }) {
  const title = `Fashion-MNIST, ${place}`;
  if (problem) return { state: "blocker", title, detail: problem };
  if (!exists) return { state: "note", title, detail: `no folder ${folder}` };
  const of = (state) => files.filter((file) => file.state === state);
  const damaged = of("damaged");
  if (damaged.length)
    return {
      state: "blocker",
      title,
      detail: damaged.map(({ message }) => message).join("\n"),
      remedy: `Delete the damaged ${damaged.length === 1 ? "file" : "files"}, or put the right ones there.`,
    };
  if (of("right").length === files.length)
    return { state: "ok", title, detail: `all ${files.length} files in ${folder}, checksums right` };
  return {
    state: "note",
    title,
    detail: `${folder} has ${of("right").length} of ${files.length} files, lacks ${of("missing")
      .map(({ path }) => basename(path))
      .join(", ")}`,
  };
}

function modelFindings() {
  const value = process.env.DNN_LAB_MODELS;
  if (!value) return [{ state: "note", title: "pretrained models", detail: "DNN_LAB_MODELS is not set" }];
  const folder = resolve(value);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    return [
      {
        state: "blocker",
        title: "pretrained models",
        detail: `DNN_LAB_MODELS is set to ${folder}, which is no folder`,
        remedy: "Set it to the folder that holds the weight files, or unset it.",
      },
    ];
  }
  const files = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  const lines = files.map(
    (name) => `${name}, ${(statSync(join(folder, name)).size / 1e6).toFixed(1)} MB, MD5 ${md5(join(folder, name))}`,
  );
  return [
    {
      state: files.length ? "ok" : "note",
      title: "pretrained models",
      detail: `${files.length} files in ${folder}${lines.map((line) => `\n${line}`).join("")}`,
    },
  ];
}

function md5(file) {
  return createHash("md5").update(readFileSync(file)).digest("hex");
}

/** `library` is what library.mjs found out. */
export function dataFindings(library) {
  const facts = library?.data;
  if (!facts)
    return [
      { state: "note", title: "Fashion-MNIST", detail: "looked at once the library is built" },
      ...modelFindings(),
    ];
  if (facts.problem) return [{ state: "blocker", title: "Fashion-MNIST", detail: facts.problem }, ...modelFindings()];
  const findings = facts.map(fashionFinding);
  const real = findings.some(({ state }) => state === "ok" || state === "blocker");
  const standIn = {
    state: "gap",
    title: "real data",
    detail: "none at hand: it is downloaded when the network allows, else a generated stand-in is used",
    remedy: REMEDY,
  };
  return [...findings, ...(real ? [] : [standIn]), ...modelFindings()];
}
