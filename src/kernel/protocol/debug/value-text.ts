import type { Preview, PropertyPreview, RemoteObject } from "./remote";

/** More characters of a value are not shown. */
export const SHOWN_CHARS = 1_000;

/** A value on one line, as the inspector knows it: no code of the program runs. */
export function valueText(remote: RemoteObject): string {
  return cut(whole(remote));
}

/** The word for a value's kind: its class, or JavaScript's type. */
export function typeText({ type, subtype, className }: RemoteObject): string {
  if (subtype === "null") return "null";
  return type === "object" ? (className ?? subtype ?? "object") : type;
}

function whole({ type, subtype, value, unserializableValue, description = "", preview }: RemoteObject): string {
  if (type === "string") return quoted(String(value));
  if (type === "undefined" || subtype === "null") return String(value);
  if (unserializableValue !== undefined) return unserializableValue;
  if (type === "function") return functionText(description);
  if (type === "symbol") return description;
  if (type !== "object") return String(value);
  if (subtype === "error") return description.split("\n")[0] as string;
  if (preview === undefined || isPlainText(subtype)) return description;
  return `${prefix(description, subtype)}${previewText(preview)}`;
}

function isPlainText(subtype = ""): boolean {
  return ["regexp", "date", "node", "proxy"].includes(subtype);
}

/** `Object` says nothing. */
function prefix(description: string, subtype: string | undefined): string {
  if (description === "Object") return "";
  return subtype === "array" ? `${description.replace(/^Array(?=\()/, "")} ` : `${description} `;
}

function previewText({ properties, entries, overflow, subtype }: Preview): string {
  const more = overflow ? ["…"] : [];
  if (entries !== undefined) {
    const texts = entries.map(({ key, value }) => (key ? `${partText(key)} => ${partText(value)}` : partText(value)));
    return `{${[...texts, ...more].join(", ")}}`;
  }
  const isList = subtype === "array" || subtype === "typedarray";
  const shown = properties.filter(({ name }) => !isList || /^\d+$/.test(name));
  const texts = shown.map((one) => (isList ? propertyText(one) : `${one.name}: ${propertyText(one)}`));
  const text = [...texts, ...more].join(", ");
  return isList ? `[${text}]` : `{${text}}`;
}

function partText({ type, description = "", properties, ...rest }: Preview): string {
  if (type === "string") return quoted(description);
  return properties.length > 0 ? previewText({ type, description, properties, ...rest }) : description;
}

function propertyText({ type, subtype, value = "" }: PropertyPreview): string {
  if (type === "string") return quoted(value);
  if (type === "function") return "ƒ";
  if (type === "accessor") return "(…)";
  return type === "object" && subtype !== "null" && value === "Object" ? "{…}" : value;
}

/** `f(a, b)` or `class A`. */
function functionText(description: string): string {
  const head = description.split("\n")[0]!.trim();
  if (/^class\b/.test(head)) return head.replace(/\s*\{.*$/, "");
  return head.length > 80 || description.includes("\n") ? `${head.replace(/\s*\{\s*$/, "")} {…}` : head;
}

function quoted(text: string): string {
  // What is not shown is not looked at.
  const escaped = text
    .slice(0, SHOWN_CHARS + 1)
    .replace(/[\\'\n\r\t]/g, (sign) => ({ "\n": "\\n", "\r": "\\r", "\t": "\\t" })[sign] ?? `\\${sign}`);
  return `'${escaped}'`;
}

function cut(text: string): string {
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}
