/** The element types of an operation's inputs, as its attributes must name them. */
import { ATTR, attribute, type OpAttribute } from "./native";
import { OP_INPUT_TYPES } from "./op-input-types";

/**
 * The attributes with the types that the inputs really have. Run by themselves, operations go by their inputs; a graph
 * goes by the attributes, and TensorFlow.js' kernels (4.22) name wrong types (`Mean` of truth values) or none.
 *
 * @param types TensorFlow's number of each input's element type.
 */
export function withInputTypes(
  name: string,
  attributes: readonly OpAttribute[],
  types: readonly number[],
): readonly OpAttribute[] {
  const names = OP_INPUT_TYPES[name]?.split(" ");
  if (names === undefined) return attributes;
  const found = new Map<string, number>();
  const inList = types.length - names.length + 1;
  let at = 0;
  for (const one of names) {
    const attributeName = one.replace("*", "");
    if (attributeName !== "-" && at < types.length) found.set(attributeName, types[at]);
    at += one.endsWith("*") ? inList : 1;
  }
  const isTyped = ({ name, type }: OpAttribute) => type === ATTR.type && found.has(name);
  const typed = [...found].map(([attributeName, type]) => attribute.type(attributeName, type));
  return [...attributes.filter((one) => !isTyped(one)).map((one) => ({ ...one })), ...typed];
}
