/** The outputs of one cell: their order and kinds, then each by what it is. */
import { joined, type MimeData, type Output } from "../notebook/notebook-file";
import { different, merged, same, type Comparison } from "./difference";
import { compareFigures } from "./figures";
import { compareHtml, compareSvg } from "./compare-html";
import { compareImages } from "./compare-images";
import { RuleBook } from "./rule-book";
import type { CellRules } from "./rules";
import { hasTable } from "./tables";
import { compareText } from "./compare-text";
import { compareValues } from "./compare-values";

export const PLOTLY = "application/vnd.plotly.v1+json";

/** The form of a bundle that says most. */
interface Form {
  readonly kind: "figure" | "table" | "html" | "data" | "image" | "svg" | "text";
  readonly mime: string;
}

function formOf(data: MimeData): Form | undefined {
  const has = (mime: string) => data[mime] !== undefined;
  const html = textOf(data["text/html"]);
  if (has(PLOTLY)) return { kind: "figure", mime: PLOTLY };
  if (html && hasTable(html)) return { kind: "table", mime: "text/html" };
  const json = Object.keys(data).find((mime) => /[/+]json$/.test(mime) && !mime.includes("widget"));
  if (json) return { kind: "data", mime: json };
  const picture = Object.keys(data).find((mime) => mime.startsWith("image/") && mime !== "image/svg+xml");
  if (picture) return { kind: "image", mime: picture };
  if (html) return { kind: "html", mime: "text/html" };
  if (has("image/svg+xml")) return { kind: "svg", mime: "image/svg+xml" };
  const text = ["text/markdown", "text/latex", "text/plain"].find(has) ?? Object.keys(data)[0];
  return text === undefined ? undefined : { kind: "text", mime: text };
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return Array.isArray(content) && content.every((each) => typeof each === "string") ? content.join("") : "";
}

/** `stdout`, `figure`, `result: table`: what a reader sees. */
function nameOf(output: Output): string {
  if (output.output_type === "stream") return output.name ?? "stdout";
  if (output.output_type === "error") return "error";
  const form = formOf(output.data ?? {});
  const kind = form?.kind === "svg" ? "image" : (form?.kind ?? "nothing");
  return output.output_type === "execute_result" ? `result: ${kind}` : kind;
}

/** An output that says of itself that it is progress, which appears when work takes long. */
function isProgress({ output_type: type, metadata }: Output): boolean {
  const own = metadata?.dnn_lab as { progress?: unknown } | undefined;
  return type === "display_data" && own?.progress === true;
}

/** Streams that follow each other are joined; an empty stream and progress are left out. */
function tidy(outputs: readonly Output[]): Output[] {
  const result: Output[] = [];
  for (const output of outputs) {
    if (isProgress(output)) continue;
    const last = result.at(-1);
    if (output.output_type !== "stream") result.push(output);
    else if (last?.output_type === "stream" && last.name === output.name) {
      result[result.length - 1] = { ...last, text: joined(last.text) + joined(output.text) };
    } else if (joined(output.text) !== "") result.push(output);
  }
  return result;
}

/** Compares what a cell puts out with the reference; `samples` are the outputs of the reference's other seeds. */
export function compareOutputs(
  reference: readonly Output[],
  ours: readonly Output[],
  rules: CellRules,
  samples: readonly (readonly Output[])[] = [],
): Comparison {
  const book = new RuleBook(rules);
  const order = rules.anyOrder
    ? (outputs: Output[]) => outputs.sort((a, b) => nameOf(a).localeCompare(nameOf(b)))
    : (each: Output[]) => each;
  const [theirs, mine, ...others] = [reference, ours, ...samples].map((outputs) => order(tidy(outputs)));
  const [a, b] = [theirs, mine].map((outputs) => outputs.map(nameOf));
  const kinds =
    a.join() === b.join()
      ? same
      : different("outputs", "outputs", `${b.join(", ") || "none"}; reference ${a.join(", ") || "none"}`);
  const pairs = mine.map((output, i) => {
    if (a[i] !== b[i]) return same;
    return compareOutput(
      `output ${i + 1}, ${b[i]}`,
      theirs[i],
      output,
      book,
      others.flatMap((outputs) => outputs[i] ?? []),
    );
  });
  return merged([kinds, ...pairs, lostRules(book, kinds !== same)]);
}

/** A rule that nothing used checks nothing: a slip, and it must not look like a check. */
function lostRules(book: RuleBook, incomplete: boolean): Comparison {
  if (incomplete) return same;
  return { differences: book.unused().map((message) => ({ kind: "rule", where: "@check", message })), numbers: 0 };
}

function compareOutput(
  where: string,
  reference: Output,
  ours: Output,
  book: RuleBook,
  samples: readonly Output[],
): Comparison {
  if (ours.output_type === "stream") {
    return compareText(
      where,
      joined(reference.text),
      joined(ours.text),
      book,
      samples.map(({ text }) => joined(text)),
    );
  }
  if (ours.output_type === "error") {
    const words = ({ ename, evalue }: Output) => `${ename}: ${evalue}`;
    return compareText(where, words(reference), words(ours), book);
  }
  const form = formOf(ours.data ?? {});
  if (!form) return same;
  const [theirs, mine] = [reference, ours].map(({ data }) => data?.[form.mime]);
  if (theirs === undefined) return different("outputs", where, `it is ${form.mime}, the reference has none`);
  const compared = compareForm(
    where,
    form,
    theirs,
    mine,
    book,
    samples.map(({ data }) => textOf(data?.[form.mime])),
  );
  return merged([compared, beside(where, form, reference, ours, book)]);
}

function compareForm(
  where: string,
  { kind, mime }: Form,
  theirs: unknown,
  mine: unknown,
  book: RuleBook,
  samples: readonly string[],
): Comparison {
  if (kind === "figure") return compareFigures(where, theirs, mine, book);
  if (kind === "data") return compareValues(where, theirs, mine, { book, kind: "data", names: [] });
  const [before, after] = [textOf(theirs), textOf(mine)];
  if (kind === "image") return compareImages(where, before, after, { mime, book });
  if (kind === "svg") return compareSvg(where, before, after, book);
  if (kind === "table" || kind === "html") return compareHtml(where, before, after, book, samples);
  return compareText(where, before, after, book, samples);
}

/** What stands beside a picture or data in words says something of its own: `<Axes: title="loss">`. */
function beside(where: string, { kind }: Form, reference: Output, ours: Output, book: RuleBook): Comparison {
  if (kind !== "image" && kind !== "data") return same;
  const [before, after] = [reference, ours].map(({ data }) => textOf(data?.["text/plain"]));
  if (before === after || !before || !after) return same;
  return compareText(`${where}, text/plain`, before, after, book);
}
