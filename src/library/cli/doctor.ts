/** `dnn-lab doctor`: what computes and why, versions, data, what is missing, and what to do about it. */
import { arch, cpus, release, totalmem } from "node:os";
import { dirname } from "node:path";
import { packageFolder } from "dnn-lab-core/files";
import { findOptionalFolder } from "dnn-lab-core/optional-package";
import { readPackageFile } from "dnn-lab-core/package-file";
import { useEngine, type EngineReport } from "../engine/engine";
import { dataFindings } from "./data-findings";
import { findingText, type Finding } from "./finding";

function machineFindings(): Finding[] {
  const processor = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = `${(totalmem() / 1e9).toFixed(0)} GB of memory`;
  return [
    { state: "ok", title: `${process.platform} ${release()} on ${arch()}`, detail: `${processor}, ${memory}` },
    { state: "ok", title: "Node", detail: `${process.versions.node} (${process.execPath})` },
    { state: "ok", title: "dnn-lab", detail: readPackageFile(packageFolder(__dirname)).version },
  ];
}

function engineFindings({ name, tfjs, tensorflow, why, rejected, threads, gpu }: EngineReport): Finding[] {
  const detail = `${name} (TensorFlow.js ${tfjs}${tensorflow ? `, TensorFlow ${tensorflow}` : ""}). ${why}`;
  const fast = name === "native" || why.includes("forces");
  return [
    fast
      ? { state: "ok", title: "engine", detail }
      : {
          state: "gap",
          title: "engine",
          detail,
          remedy: "npx dnn-lab setup adds the native one, several times faster",
        },
    ...rejected.map(({ engine, reason }): Finding => ({ state: "note", title: `not ${engine}`, detail: reason })),
    {
      state: "note",
      title: "computes on",
      detail: gpu ? "the GPU" : `${threads} ${threads === 1 ? "thread" : "threads"}`,
    },
  ];
}

/** Packages that are used where they are there: what for, and how to add them. */
const optional = [
  ["danfojs-node", "tables", "npx dnn-lab setup tables"],
  ["sharp", "pictures of your own", "npx dnn-lab setup images"],
  ["plotly.js-dist-min", "reports and static pictures of figures", "npx dnn-lab setup pictures"],
  ["puppeteer-core", "static pictures of figures", "npx dnn-lab setup pictures"],
  ["dnn-lab-kernel", "notebooks in TypeScript", "npm install dnn-lab-kernel && npx dnn-lab-kernel install"],
  ["dnn-lab-notebooks", "checking notebooks", "npm install dnn-lab-notebooks"],
  ["dnn-lab-grader", "assignments", "npm install dnn-lab-grader"],
] as const;

function packageFindings(): Finding[] {
  return optional.map(([name, purpose, remedy]): Finding => {
    const folder = findOptionalFolder(name);
    if (folder) return { state: "ok", title: name, detail: `${readPackageFile(folder).version} in ${dirname(folder)}` };
    return { state: "note", title: name, detail: `not installed; for ${purpose}`, remedy };
  });
}

/** Prints the findings; resolves to 0 when the library can be used, else to 1. */
export async function doctor(): Promise<number> {
  const sections: [string, Finding[]][] = [
    ["Machine", machineFindings()],
    ["Engine", engineFindings(await useEngine())],
    ["Packages", packageFindings()],
    ["Data", dataFindings()],
  ];
  for (const [title, findings] of sections) console.log(`${title}\n${findings.map(findingText).join("\n")}\n`);
  const count = (state: Finding["state"]): number =>
    sections.flatMap(([, findings]) => findings).filter((finding) => finding.state === state).length;
  const [blockers, gaps] = [count("blocker"), count("gap")];
  console.log(
    blockers
      ? `Not usable as it is: ${blockers} ${blockers === 1 ? "thing fails" : "things fail"} (✗).`
      : gaps
        ? `Usable, with ${gaps} ${gaps === 1 ? "gap" : "gaps"} (!).`
        : "Everything is there.",
  );
  return blockers ? 1 : 0;
}
