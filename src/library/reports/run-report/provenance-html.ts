/** Everything needed to judge or repeat a run, as HTML. */
import { escapeHtml } from "dnn-lab-core/html";
import type { RunRecord } from "../record-shape";

/** @param notebook added to the heading, as HTML. */
export function provenanceSection(record: RunRecord, notebook = ""): string {
  const rows = entries(record).map(
    ([term, value]) => `<tr><th scope="row">${escapeHtml(term)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<h2>Where it comes from${notebook}</h2>\n<div class="card"><table class="facts"><tbody>\n${rows.join("\n")}\n</tbody></table></div>`;
}

function entries(record: RunRecord): [string, string][] {
  const { data, engine, machine, versions } = record;
  return [
    ["Notebook", record.notebook],
    ["Commit", `${record.commit}${record.dirty ? " (with local changes)" : ""}`],
    ["Started", record.startedAt],
    ["Seed", String(record.seed)],
    ["Data", [`${data.name}, from: ${data.source}`, ...data.notes].join(". ")],
    ["SHA-256 of the data", data.fingerprint],
    ["Engine", facts(engine)],
    ["Machine", facts(machine)],
    [
      "Versions",
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
  ];
}

/** `name: native, threads: 2, …`; what is empty is left out. */
function facts(object: object): string {
  return Object.entries(object)
    .map(([name, value]) => [name, text(value)])
    .filter(([, value]) => value !== "")
    .map(([name, value]) => (name === "name" ? value : `${name}: ${value}`))
    .join(" · ");
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(text).join(" ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "object" ? Object.values(value).map(text).join(": ") : String(value);
}
