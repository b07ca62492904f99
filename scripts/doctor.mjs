/**
 * `npm run doctor`: what is there, what was chosen and why, and what to do about each gap. Works before the set-up too.
 * Ends with 0 when the project can be used (what is not set up yet is done by the next command), else with 1.
 */
import { libraryFacts } from "./setup/doctor/library.mjs";
import { engineFindings, machineFindings, setUpFindings, toolFindings } from "./setup/doctor/findings.mjs";
import { root } from "./setup/paths.mjs";
import { SetupProblem } from "../src/library/setup/problem.mjs";

const signs = { ok: "✓", note: "·", gap: "!", blocker: "✗" };

/** One finding: a line, and below it what to do. */
export function render({ state, title, detail, remedy }) {
  const head = `  ${signs[state]} ${title}${detail ? `: ${detail}` : ""}`;
  const rest = remedy ? `\n      → ${remedy.replaceAll("\n", "\n        ")}` : "";
  return head.replaceAll("\n", "\n      ") + rest;
}

export async function doctor(args = []) {
  if (args.length) throw new SetupProblem(`doctor: unknown option '${args[0]}'`, "it takes none", "npm run doctor");
  const library = await libraryFacts();
  const sections = [
    ["Machine", machineFindings()],
    ["Tools", toolFindings()],
    ["Set-up", setUpFindings()],
    ["Engine", engineFindings(library)],
    ["Data", library?.data ?? [{ state: "note", title: "data sets", detail: "looked at once the library is built" }]],
  ];
  console.log(`dnn-lab in ${root}`);
  for (const [title, findings] of sections) console.log(`\n${title}\n${findings.map(render).join("\n")}`);
  const all = sections.flatMap(([, findings]) => findings);
  const count = (state) => all.filter((finding) => finding.state === state).length;
  console.log(`\n${verdict(count("blocker"), count("gap"))}`);
  return count("blocker") > 0 ? 1 : 0;
}

export function verdict(blockers, gaps) {
  if (blockers) return `Not usable: ${blockers} ${blockers === 1 ? "thing stands" : "things stand"} in the way (✗).`;
  return gaps ? `Usable, with ${gaps} ${gaps === 1 ? "gap" : "gaps"} (!).` : "Everything is there.";
}
