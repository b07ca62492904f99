/** Parameters: values given from outside to the cell that is tagged `parameters`. */
import ts from "typescript";
import { guess, list } from "dnn-lab-core/check";
import { joined, languageOf, settingsOf, type Notebook } from "./notebook-file";

/** Name → value as a TypeScript literal. */
export type Parameters = Readonly<Record<string, string>>;

const TAG = "parameters";
/** What papermill leaves in a notebook that it has run: the values of then. */
const INJECTED = "injected-parameters";

/** A parameter that cannot be given. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
}

/** Reads `name=value`. Throws a {@link ParameterError} when the value is not a TypeScript literal. */
export function parseParameter(text: string): { name: string; value: string } {
  const found = /^([A-Za-z_$][\w$]*)=(.+)$/s.exec(text);
  if (!found)
    throw new ParameterError(`--param must read name=value, received '${text}'; for example --param epochs=2`);
  const [, name, value] = found;
  checkLiteral(name, value);
  return { name, value: value.trim() };
}

function checkLiteral(name: string, value: string): void {
  const node = expressionIn(value);
  if (node && isLiteral(node)) return;
  const text = /^[\w./ -]+$/.test(value) ? `; a text needs quotes: --param '${name}="${value}"'` : "";
  throw new ParameterError(`parameter ${name}: '${value}' is not a TypeScript literal${text}`);
}

function expressionIn(value: string): ts.Expression | undefined {
  const file = ts.createSourceFile("value.ts", `(${value}\n)`, ts.ScriptTarget.Latest, true);
  const errors = (file as unknown as { parseDiagnostics: unknown[] }).parseDiagnostics;
  const [statement, more] = file.statements;
  if (errors.length || more || !statement || !ts.isExpressionStatement(statement)) return undefined;
  return ts.isParenthesizedExpression(statement.expression) ? statement.expression.expression : undefined;
}

function isLiteral(node: ts.Expression): boolean {
  const { SyntaxKind: Kind } = ts;
  if (ts.isNumericLiteral(node) || ts.isStringLiteralLike(node) || ts.isBigIntLiteral(node)) return true;
  if ([Kind.TrueKeyword, Kind.FalseKeyword, Kind.NullKeyword].includes(node.kind)) return true;
  if (ts.isIdentifier(node)) return ["undefined", "NaN", "Infinity"].includes(node.text);
  if (ts.isPrefixUnaryExpression(node))
    return [Kind.MinusToken, Kind.PlusToken].includes(node.operator) && isLiteral(node.operand);
  if (ts.isArrayLiteralExpression(node)) return node.elements.every(isLiteral);
  if (!ts.isObjectLiteralExpression(node)) return false;
  return node.properties.every(
    (each) => ts.isPropertyAssignment(each) && !ts.isComputedPropertyName(each.name) && isLiteral(each.initializer),
  );
}

/** The value as a Python literal. */
export function pythonLiteral(value: string): string {
  const write = (node: ts.Expression): string => {
    if (ts.isStringLiteralLike(node)) return JSON.stringify(node.text);
    if (ts.isNumericLiteral(node)) return node.text;
    if (ts.isBigIntLiteral(node)) return node.text.replace("n", "");
    if (ts.isPrefixUnaryExpression(node))
      return `${node.operator === ts.SyntaxKind.MinusToken ? "-" : "+"}${write(node.operand)}`;
    if (ts.isArrayLiteralExpression(node)) return `[${node.elements.map(write).join(", ")}]`;
    if (ts.isObjectLiteralExpression(node)) {
      const entries = node.properties.filter(ts.isPropertyAssignment);
      return `{${entries.map(({ name, initializer }) => `${JSON.stringify((name as ts.Identifier).text)}: ${write(initializer)}`).join(", ")}}`;
    }
    const words: Readonly<Record<string, string>> = {
      true: "True",
      false: "False",
      NaN: 'float("nan")',
      Infinity: 'float("inf")',
    };
    return words[node.getText()] ?? "None";
  };
  return write(expressionIn(value)!);
}

/** A parameters cell's names, and where their `const` stands. */
function declaredIn(source: string): { names: Map<string, ts.VariableStatement>; file: ts.SourceFile } {
  const code = source.replace(/^[ \t]*%.*$/gm, (line) => " ".repeat(line.length));
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest, true);
  const statements = file.statements.filter(ts.isVariableStatement);
  const entries = statements.flatMap((statement) =>
    statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [[name.text, statement] as const] : [],
    ),
  );
  return { names: new Map(entries), file };
}

/**
 * The notebook with the values assigned at the end of its parameters cell. There `const` becomes `let`, so that the
 * kernel checks each value against the declared (or inferred) type; for other languages the assignment alone is added.
 * @throws ParameterError when there is no such cell or name.
 */
export function withParameters(notebook: Notebook, parameters: Parameters): Notebook {
  const given = Object.entries(parameters);
  if (given.length === 0) return notebook;
  const tagged = (tag: string) =>
    notebook.cells.findIndex(({ cell_type, metadata }) => cell_type === "code" && metadata?.tags?.includes(tag));
  const at = tagged(TAG);
  if (at < 0) {
    throw new ParameterError(
      `the notebook has no cell tagged '${TAG}', so ${list(Object.keys(parameters))} cannot be given; tag the cell that declares them`,
    );
  }
  const source = joined(notebook.cells[at].source);
  const changed = languageOf(notebook) === "typescript" ? assignTypeScript(source, given) : assignPlain(source, given);
  // As papermill does: the values given now take the place of those of an earlier run.
  const injected = tagged(INJECTED);
  const note = `${languageOf(notebook) === "typescript" ? "//" : "#"} The parameters are given from outside.`;
  const cells = notebook.cells.map((cell, i) => {
    if (i === at) return { ...cell, source: changed };
    return i === injected ? { ...cell, source: note } : cell;
  });
  return { ...notebook, cells };
}

function assignTypeScript(source: string, given: readonly [string, string][]): string {
  const { names, file } = declaredIn(source);
  const constants = new Set<number>();
  for (const [name] of given) {
    const statement = names.get(name);
    if (!statement) throw unknownName(name, [...names.keys()]);
    if (statement.declarationList.flags & ts.NodeFlags.Const) constants.add(statement.declarationList.getStart(file));
  }
  let text = source;
  for (const start of [...constants].sort((a, b) => b - a))
    text = `${text.slice(0, start)}let  ${text.slice(start + "const".length)}`;
  return `${text.trimEnd()}\n${given.map(([name, value]) => `void (${name} = ${value});`).join("\n")}`;
}

function assignPlain(source: string, given: readonly [string, string][]): string {
  const names = [...source.matchAll(/^([A-Za-z_]\w*)\s*(?::[^=\n]+)?=/gm)].map(([, name]) => name);
  for (const [name] of given) if (!names.includes(name)) throw unknownName(name, names);
  return `${source.trimEnd()}\n${given.map(([name, value]) => `${name} = ${pythonLiteral(value)}`).join("\n")}`;
}

function unknownName(name: string, names: readonly string[]): ParameterError {
  return new ParameterError(
    `the parameters cell declares no '${name}', but ${list(names) || "nothing"}.${guess(name, names)}`,
  );
}

/** What a profile of a notebook gives: parameters and environment variables. */
export interface Profile {
  readonly parameters: Parameters;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The profile `name` of a notebook, from `metadata.dnn_lab.profiles`; `full` is the notebook as it is.
 * @throws ParameterError when it is not there or not well formed.
 */
export function profileOf(notebook: Notebook, name: string | undefined): Profile {
  const profiles = (settingsOf(notebook.metadata).profiles ?? {}) as Record<
    string,
    { parameters?: object; env?: object }
  >;
  const profile = name === undefined ? undefined : profiles[name];
  if (profile === undefined) {
    if (name === undefined || name === "full") return { parameters: {}, env: {} };
    throw new ParameterError(
      `the notebook has no profile '${name}', but ${list(["full", ...Object.keys(profiles)])}; profiles stand in metadata.dnn_lab.profiles`,
    );
  }
  const values = (entries: object | undefined, write: (value: unknown) => string) =>
    Object.fromEntries(Object.entries(entries ?? {}).map(([key, value]) => [key, write(value)]));
  return { parameters: values(profile.parameters, (value) => JSON.stringify(value)), env: values(profile.env, String) };
}
