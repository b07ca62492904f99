/** The tables of README.md, written by the run whose figures they show. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dataFrame, provenance } from "dnn-lab";
import { type Answers, convnetTable, denseTable, shrinkingTable, transferTable } from "./answers";
import { findUpward } from "./find-upward";
import { kerasTable } from "./keras-comparison";
import { confusion } from "./mistakes";
import type { Study } from "./study";

type Table = ReturnType<typeof dataFrame>;

/** Each table with the name by which the README marks its place. */
export function tablesOf(study: Study, all: Answers): Record<string, Table> {
  const { dense, convnet, sizes, steps, shrunk, fineTuned, task } = all;
  const matrix = confusion(fineTuned, task);
  const shares = (values: readonly number[]) => values.map((value) => Number(value.toFixed(3)));
  return {
    dense: denseTable(dense, study.settings.dense.goal),
    convnet: convnetTable(convnet),
    sizes: transferTable(sizes),
    steps: transferTable(steps),
    shrinking: shrinkingTable(shrunk),
    "fine-tuned": transferTable([fineTuned]),
    classes: dataFrame({
      class: matrix.classNames,
      "accuracy (recall)": shares(matrix.recall),
      precision: shares(matrix.precision),
    }),
  };
}

/** Puts the tables, and what they were computed on, between the marks in the README. */
export function writeReadme(study: Study, all: Answers): void {
  const path = findUpward(__dirname, "case-studies/cifar-10/README.md");
  const { commit, versions, machine } = provenance();
  const made = `${study.dataLine}. ${machine.cpu} (${machine.cores} cores), Node ${versions.node}, commit ${commit.slice(0, 10)}.`;
  const tables = { ...tablesOf(study, all), keras: kerasTable(all.dense) };
  const parts = { made, ...Object.fromEntries(Object.entries(tables).map(([k, t]) => [k, markdown(t)])) };
  writeFileSync(`${path}.part`, filled(readFileSync(path, "utf8"), parts));
  renameSync(`${path}.part`, path);
}

/** `text` with each `<!-- name -->…<!-- /name -->` filled. */
export function filled(text: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((filling, [name, content]) => {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [filling.indexOf(begin), filling.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`README.md has no place '${begin}' … '${end}'.`);
    return `${filling.slice(0, from + begin.length)}\n\n${content}\n\n${filling.slice(to)}`;
  }, text);
}

function markdown({ columns, values }: Table): string {
  const line = (cells: readonly unknown[]) => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...(values as unknown[][]).map(line)].join("\n");
}
