/** The options that a function takes in an object, one a line: what the signature alone does not say. */
import ts from "typescript";

const MOST_OPTIONS = 60;
const MOST_TYPE_CHARS = 80;

/** One option: how it is written, and the first sentence about it. */
export interface OptionText {
  readonly written: string;
  readonly sentence: string;
}

/** The options of what is called by the name at `position`; none for functions that take no object of options. */
export function optionsAt(program: ts.Program, path: string, position: number): OptionText[] {
  const file = program.getSourceFile(path);
  const name = file && identifierAt(file, position);
  if (name === undefined) return [];
  const checker = program.getTypeChecker();
  const type = checker.getTypeAtLocation(name);
  const [signature] = [...type.getCallSignatures(), ...type.getConstructSignatures()];
  for (const parameter of signature?.parameters ?? []) {
    const given = checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, name));
    const properties = isOptions(given, program) ? given.getProperties() : [];
    if (properties.length > 0) return properties.slice(0, MOST_OPTIONS).map((one) => optionText(checker, one, name));
  }
  return [];
}

function identifierAt(node: ts.Node, position: number): ts.Identifier | undefined {
  let found: ts.Identifier | undefined;
  const visit = (child: ts.Node): void => {
    if (position < child.getFullStart() || position > child.end) return;
    if (ts.isIdentifier(child) && position >= child.getStart() && position <= child.end) found = child;
    ts.forEachChild(child, visit);
  };
  visit(node);
  return found;
}

/** An object type of which most may be left out, and that is no class and none of the language's own. */
function isOptions(type: ts.Type, program: ts.Program): boolean {
  const isObject = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
  if (!isObject || type.isClass() || type.getCallSignatures().length > 0 || type.getNumberIndexType()) return false;
  const files = (type.symbol?.declarations ?? []).map((declaration) => declaration.getSourceFile());
  if (files.some((file) => program.isSourceFileDefaultLibrary(file))) return false;
  const properties = type.getProperties();
  const optional = properties.filter(({ flags }) => (flags & ts.SymbolFlags.Optional) !== 0);
  return optional.length > 0 && optional.length * 2 >= properties.length;
}

function optionText(checker: ts.TypeChecker, option: ts.Symbol, at: ts.Node): OptionText {
  const isOptional = (option.flags & ts.SymbolFlags.Optional) !== 0;
  const type = checker.getTypeOfSymbolAtLocation(option, at);
  const text = checker.typeToString(isOptional ? checker.getNonNullableType(type) : type);
  const short = text.length > MOST_TYPE_CHARS ? `${text.slice(0, MOST_TYPE_CHARS)}…` : text;
  const documentation = ts.displayPartsToString(option.getDocumentationComment(checker)).replace(/\s+/g, " ").trim();
  const defaultTag = option.getJsDocTags(checker).find(({ name }) => name === "default" || name === "defaultValue");
  const standard = defaultTag && `Default ${ts.displayPartsToString(defaultTag.text)}.`;
  const sentence = [firstSentence(documentation), standard].filter(Boolean).join(" ");
  return { written: `${option.name}${isOptional ? "?" : ""}: ${short}`, sentence };
}

/** The first sentence, and the one about the default where there is one. */
export function firstSentence(text: string): string {
  const sentences = text.match(/.+?[.!?](?=\s|$)|.+$/g) ?? [];
  const [first = "", ...others] = sentences.map((one) => one.trim());
  const standard = others.find((one) => /^Default\b/.test(one));
  return standard === undefined ? first : `${first} ${standard}`;
}
