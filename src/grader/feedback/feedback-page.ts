/** A student's report: what earned points, what did not and why. Nothing of what is hidden is in it. */
import { rounded } from "dnn-lab-core/numbers";
import { escapeHtml } from "dnn-lab-core/html";
import { pageHead } from "dnn-lab-core/page-head";
import { EXTRA, givenByHand, notMarkedYet } from "../grading/manual-marks";
import type { Attempt, CheckResult, Graded, ManualItem, TestResult } from "../grading/result";
import { forStudent } from "./student";
import type { Stage } from "./stage";

/** Without colours, and whatever else is no letter and no line's end. */
// eslint-disable-next-line no-control-regex
const legible = (text: string): string => text.replace(/\x1b\[[0-9;]*m/g, "").replace(/[^\P{Cc}\n\t]/gu, "");
const text = (value: unknown): string => escapeHtml(legible(String(value)));
const points = (value: number): string => String(rounded(value, 2));

const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'";

/** A page with a title and a body, in the style of our reports; no script, nothing to fetch. */
export function plainPage(title: string, body: string): string {
  return `${pageHead(title, { contentPolicy: policy })}
<body><main>
${body}
</main></body>
</html>
`;
}

function testRow({ name, points: worth, earned, passed, message, hint }: TestResult): string {
  const [kind, word] = passed ? ["good", "passed"] : earned > 0 ? ["open", "in part"] : ["bad", "not passed"];
  const badge = `<span class="badge ${kind}">${word}</span>`;
  const why = message ? `<br><span class="note">${text(message)}</span>` : "";
  const help = hint && !passed ? `<br>${text(hint)}` : "";
  return `<tr><td>${text(name)}${why}${help}</td><td>${badge}</td><td class="number">${points(earned)} of ${points(worth)}</td></tr>`;
}

function card(title: string, note: string, earned: number, worth: number, tests: readonly TestResult[]): string {
  const head = `<div class="head"><h3>${text(title)}</h3><span>${text(note)}</span><span>${points(earned)} of ${points(worth)} points</span></div>`;
  return `<section class="card">${head}<table><tbody>${tests.map(testRow).join("\n")}</tbody></table></section>`;
}

const checkCard = ({ id, section, earned, points: worth, tests }: CheckResult): string =>
  card(section ?? id, section ? id : "", earned, worth, tests);

/** Of an answer, in characters. */
const MOST_SHOWN = 20_000;

const sumOf = (items: readonly { readonly points: number }[]): number =>
  items.reduce((sum, each) => sum + each.points, 0);

function qualityCard({ quality }: Graded): string {
  if (quality.length === 0) return "";
  const sum = (key: "earned" | "points") => quality.reduce((total, each) => total + each[key], 0);
  return card("The notebook as a whole", "", sum("earned"), sum("points"), quality);
}

/** What an item gives or takes; nothing for a mere remark. */
const signed = (value: number): string => (value === 0 ? "" : ` (${value > 0 ? "+" : "−"}${points(Math.abs(value))})`);

function manualCard({ id, section, points: worth, answer, given, comment, changed, items }: ManualItem): string {
  const open = changed ? "changed since it was marked, to be marked again" : "not marked yet";
  const state =
    given === undefined ? `up to ${points(worth)} points, ${open}` : `${points(given)} of ${points(worth)} points`;
  const head = `<div class="head"><h3>${text(section ?? id)}</h3><span>${text(section ? id : "")}</span><span>marked by a person: ${state}</span></div>`;
  const listed = (items ?? []).map((item) => `<li>${text(item.text)}${signed(item.points)}</li>`).join("");
  const said = `${listed && `<ul>${listed}</ul>`}${comment ? `<p>${text(comment)}</p>` : ""}`;
  return `<section class="card">${head}<pre>${text(answer.slice(0, MOST_SHOWN) || "(no answer)")}</pre>${said}</section>`;
}

function listed(title: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `<h2>${title}</h2>\n<ul>${items.map((item) => `<li>${item}</li>`).join("\n")}</ul>`;
}

function facts({ metrics, facts: known, seconds, contained, submission, submitted, variant = {} }: Graded): string {
  const rows = [
    ...Object.entries(variant).map(([name, value]) => [`your ${name}`, value] as const),
    ...Object.entries(metrics).map(([name, value]) => [name, value ?? "none"] as const),
    ...(known?.data ?? []).map(({ name, source, fingerprint }) => [name, `${source}, ${fingerprint}`] as const),
    ...(known?.engine ? ([["engine", known.engine]] as const) : []),
    ["run", `${seconds.toFixed(1)} s, sandbox: ${contained}`] as const,
    ["handed in", submitted] as const,
    ["SHA-256 of the file", submission] as const,
  ];
  return `<h2>The grader's run</h2><section class="card facts"><table><tbody>${rows.map(([name, value]) => `<tr><th>${text(name)}</th><td>${text(value)}</td></tr>`).join("\n")}</tbody></table></section>`;
}

function verdict(result: Graded): string {
  const { status, reason } = result;
  if (status === "refused")
    return `<section class="card verdict bad"><p><strong>Not graded</strong>The submission was refused: ${text(reason)}.</p></section>`;
  const left = notMarkedYet(result);
  const earned = result.earned + givenByHand(result);
  const worth = result.points + sumOf(result.manual.filter(({ given }) => given !== undefined));
  const open = left ? ` Up to ${points(result.points + result.manualPoints - worth)} more are given by a person.` : "";
  const kind = earned >= worth ? "good" : earned >= worth / 2 ? "open" : "bad";
  return `<section class="card verdict ${kind}"><p><strong>${points(earned)} of ${points(worth)} points</strong>${open}</p></section>`;
}

const stages: Readonly<Record<Stage, string>> = {
  now: "For now this shows the visible tests. There are further tests, which are shown after the due time.",
  due: "For now this shows all tests; points and comments by people are shown later.",
  all: "",
};

function overrideCard({ overrides = [] }: Graded): string {
  if (overrides.length === 0) return "";
  const rows = overrides.map(
    ({ id, was, given, reason }) =>
      `<tr><th>${text(id)}</th><td>${id === EXTRA ? "" : `${points(was)} → `}${points(given)} points</td><td>${text(reason)}</td></tr>`,
  );
  return `<h2>Changed by a person</h2><section class="card facts"><table><tbody>${rows.join("\n")}</tbody></table></section>`;
}

function changedCard({ changed, earned, points: worth }: Graded): string {
  if (!changed) return "";
  const { why, from, tests } = changed;
  const was = from.status === "refused" ? "refused" : `${points(from.earned)} of ${points(from.points)}`;
  const of = (value: number | undefined): string => (value === undefined ? "not there" : points(value));
  const rows = tests.map(
    ({ name, from: before, to }) => `<tr><th>${text(name)}</th><td>${of(before)} → ${of(to)}</td></tr>`,
  );
  const lead = `<p>This was ${why}. The tests gave ${was} before, now ${points(earned)} of ${points(worth)}.</p>`;
  return `<h2>What has changed</h2><section class="card facts">${lead}<table><tbody>${rows.join("\n")}</tbody></table></section>`;
}

const attemptLine = ({ submitted, score, counts }: Attempt): string =>
  `${text(submitted)}: ${points(score)} points${counts ? ", <strong>this one counts</strong>" : ""}`;

/** The page of one submission, with as much as its student may see at a stage (default: all). */
export function feedbackHtml(graded: Graded, title: string, stage: Stage = "all"): string {
  const result = forStudent(graded, stage);
  const errors = result.errors.map(
    ({ cell, section, line, message }) =>
      `Code cell ${cell}${section ? ` (${text(section)})` : ""}, <code>${text(line.slice(0, 100))}</code>: ${text(message)}`,
  );
  const body = [
    `<h1>${text(title)}</h1><p class="lead">${text(result.student)}</p>`,
    verdict(result),
    stages[stage] && `<p class="note">${stages[stage]}</p>`,
    listed("Your attempts", (result.attempts ?? []).map(attemptLine)),
    changedCard(result),
    overrideCard(result),
    ...result.checks.map(checkCard),
    ...result.manual.map(manualCard),
    qualityCard(result),
    listed("Cells that ended with an error", errors),
    listed("Also", result.notes.map(text)),
    result.status === "graded" ? facts(result) : "",
  ];
  return plainPage(`${title}: ${result.student}`, body.filter(Boolean).join("\n"));
}

/** The same for programs. */
export const feedbackJson = (result: Graded, stage: Stage = "all"): string =>
  `${JSON.stringify({ stage, ...forStudent(result, stage) }, null, 1)}\n`;
