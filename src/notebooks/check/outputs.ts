/** The outputs of one cell: their order and kinds, then each by what it is. */
import { joined, type MimeData, type Output } from "../notebook-file";
import { merged, same, type Comparison, type Difference } from "./difference";
import { compareFigures, compareValues, namesInFigure } from "./figures";
import { compareImages } from "./images";
import { ruleFor, sameName, type CellRules } from "./rules";
import { compareHtml, hasTable, namesInTables } from "./tables";
import { compareText, labelsIn } from "./text";

export const PLOTLY = "application/vnd.plotly.v1+json";

/** The form of a bundle that says most. */
interface Form {
  readonly kind: "figure" | "table" | "html" | "data" | "image" | "text";
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
  const text = ["image/svg+xml", "text/markdown", "text/latex", "text/plain"].find(has) ?? Object.keys(data)[0];
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
  const kind = form?.kind ?? "nothing";
  return output.output_type === "execute_result" ? `result: ${kind}` : kind;
}

/** Streams that follow each other are one; an empty one is none. */
function tidy(outputs: readonly Output[]): Output[] {
  const result: Output[] = [];
  for (const output of outputs) {
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
  const order = rules.anyOrder
    ? (outputs: Output[]) => outputs.sort((a, b) => nameOf(a).localeCompare(nameOf(b)))
    : (each: Output[]) => each;
  const [theirs, mine, ...others] = [reference, ours, ...samples].map((outputs) => order(tidy(outputs)));
  const [a, b] = [theirs, mine].map((outputs) => outputs.map(nameOf));
  const kinds: Comparison =
    a.join() === b.join()
      ? same
      : {
          differences: [
            {
              kind: "outputs",
              where: "outputs",
              message: `${b.join(", ") || "none"}; reference ${a.join(", ") || "none"}`,
            },
          ],
          numbers: 0,
        };
  const pairs = mine.map((output, i) => {
    if (a[i] !== b[i]) return same;
    return compareOutput(
      `output ${i + 1}, ${b[i]}`,
      theirs[i],
      output,
      rules,
      others.flatMap((outputs) => outputs[i] ?? []),
    );
  });
  return merged([kinds, ...pairs, unusedRules(rules, mine)]);
}

function compareOutput(
  where: string,
  reference: Output,
  ours: Output,
  rules: CellRules,
  samples: readonly Output[],
): Comparison {
  const { numbers, pixels } = rules;
  if (ours.output_type === "stream") {
    return compareText(
      where,
      joined(reference.text),
      joined(ours.text),
      numbers,
      samples.map(({ text }) => joined(text)),
    );
  }
  if (ours.output_type === "error") {
    const words = ({ ename, evalue }: Output) => `${ename}: ${evalue}`;
    return compareText(where, words(reference), words(ours), numbers);
  }
  const form = formOf(ours.data ?? {});
  if (!form) return same;
  const [theirs, mine] = [reference, ours].map(({ data }) => data?.[form.mime]);
  const texts = samples.map(({ data }) => textOf(data?.[form.mime]));
  if (form.kind === "figure") return compareFigures(where, theirs, mine, numbers);
  if (form.kind === "data") return compareValues(where, theirs, mine, ruleFor(numbers, undefined), undefined, "data");
  if (form.kind === "image") return compareImages(where, textOf(theirs), textOf(mine), pixels);
  if (form.kind === "table" || form.kind === "html")
    return compareHtml(where, textOf(theirs), textOf(mine), numbers, texts);
  return compareText(where, textOf(theirs), textOf(mine), numbers, texts);
}

/** A rule for a name that no output knows checks nothing: a slip, and it must not look like a check. */
function unusedRules({ numbers }: CellRules, outputs: readonly Output[]): Comparison {
  const named = numbers.flatMap(({ name }) => (name === undefined ? [] : [name]));
  if (named.length === 0) return same;
  const known = outputs.flatMap(namesIn);
  const differences = named
    .filter((name) => !known.some((each) => sameName(each, name)))
    .map((name): Difference => {
      const message = `no number, column or trace is called '${name}'; there are ${[...new Set(known)].slice(0, 12).join(", ") || "none with a name"}`;
      return { kind: "rule", where: "@check", message };
    });
  return { differences, numbers: 0 };
}

function namesIn(output: Output): string[] {
  if (output.output_type === "stream") return labelsIn(joined(output.text));
  const form = formOf(output.data ?? {});
  if (!form) return [];
  const content = output.data![form.mime];
  if (form.kind === "figure") return namesInFigure(content);
  if (form.kind === "table") return [...namesInTables(textOf(content)), ...labelsIn(textOf(content))];
  return labelsIn(textOf(content));
}
