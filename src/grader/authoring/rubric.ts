/** What an assignment's points are for: all of it for the teacher, without what is hidden for students. */
import type { Assignment } from "../assignment/assignment";
import { ruleText } from "../assignment/quality-rules";
import { sumOfPoints } from "dnn-lab-core/checks/tests";

export interface RubricItem {
  readonly id: string;
  readonly points: number;
  readonly kind: "check" | "manual" | "quality";
  readonly tests: readonly { readonly name: string; readonly points: number; readonly hidden: boolean }[];
}

export interface Rubric {
  readonly assignment: string;
  readonly title: string;
  readonly points: number;
  readonly manualPoints: number;
  readonly items: readonly RubricItem[];
}

export function rubricOf({ name, title, points, manualPoints, cells, quality }: Assignment): Rubric {
  const items = cells.flatMap(({ id, role, points: worth, check }): RubricItem[] => {
    if (role === "check") {
      const tests = check!.tests.map(({ name, points, hidden }) => ({ name, points, hidden }));
      return [{ id, points: worth, kind: "check", tests: tests.length ? tests : [whole(worth)] }];
    }
    return role === "manual" || role === "task" ? [{ id, points: worth, kind: "manual", tests: [] }] : [];
  });
  const rules = quality.map((rule) => ({ name: ruleText(rule), points: rule.points, hidden: false }));
  if (rules.length) items.push({ id: "quality", points: sumOfPoints(rules), kind: "quality", tests: rules });
  return { assignment: name, title, points, manualPoints, items };
}

const whole = (points: number) => ({ name: "the cell runs without an error", points, hidden: false });

/** The rubric for students: of hidden tests only what they are worth. */
export function rubricMarkdown({ title, points, manualPoints, items }: Rubric): string {
  const rows = items.flatMap(({ id, kind, points: worth, tests }) => {
    if (kind === "manual") return [`| ${id} | graded by a person | ${worth} |`];
    const hidden = tests.filter((test) => test.hidden);
    const rest = hidden.length ? [`| ${id} | further tests | ${sumOfPoints(hidden)} |`] : [];
    return [
      ...tests.filter((test) => !test.hidden).map((test) => `| ${id} | ${test.name} | ${test.points} |`),
      ...rest,
    ];
  });
  const byHand = manualPoints ? `, and ${manualPoints} by a person` : "";
  return `# ${title}: what earns points\n\n${points} points by checks${byHand}.\n\n| | what should be so | points |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}
