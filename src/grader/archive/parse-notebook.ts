/** A notebook in the bytes of a file that anybody may have written. */
import { isRecord } from "dnn-lab-core/objects";
import type { Cell, Notebook } from "dnn-lab-notebooks";
import { RefusedError } from "./refused-error";

/** A value of a file in short, for messages; its own `toString` is not asked. */
export const inFile = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 80);

/** Half of a pair of surrogates, as a cut emoji leaves it: no text that can be written to a file. */
const whole = (text: string): string =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");

/** Lines end with one sign, whichever system wrote them. */
const text = (source: string | readonly string[]): string =>
  whole(typeof source === "string" ? source : source.join("")).replace(/\r\n?/g, "\n");

/** What is used of a cell's metadata, where it reads as it should. */
function metadataOf(value: unknown): Cell["metadata"] {
  if (!isRecord(value)) return {};
  const { nbgrader, tags, ...others } = value;
  const named = Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
  return { ...others, ...(isRecord(nbgrader) ? { nbgrader } : {}), ...(named.length ? { tags: named } : {}) };
}

/** Pictures in a Markdown cell; what is none is left out. */
function attachmentsOf({ attachments }: { readonly attachments?: unknown }): Pick<Cell, "attachments"> {
  if (!isRecord(attachments)) return {};
  const pictures = Object.entries(attachments).filter(
    ([, data]) => isRecord(data) && Object.entries(data).every(([mime, text]) => /^image\//.test(mime) && isText(text)),
  );
  return pictures.length ? { attachments: Object.fromEntries(pictures) as Cell["attachments"] } : {};
}

const isText = (value: unknown): boolean =>
  typeof value === "string" || (Array.isArray(value) && value.every((line) => typeof line === "string"));

function isCell(cell: unknown): cell is Cell {
  if (!isRecord(cell)) return false;
  const { cell_type, source } = cell;
  return isText(source) && ["code", "markdown", "raw"].includes(cell_type as string);
}

/** The notebook in a file's bytes, with what grading relies on. Throws a {@link RefusedError} when the file is not a notebook. */
export function parseNotebook(bytes: Uint8Array): Notebook {
  let notebook: unknown;
  try {
    notebook = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new RefusedError(`it is not a notebook: ${(error as Error).message.slice(0, 200)}`);
  }
  if (!isRecord(notebook) || !Array.isArray(notebook.cells))
    throw new RefusedError("it is not a notebook: it has no list of cells");
  if (notebook.nbformat !== 4)
    throw new RefusedError(`it is of notebook format ${inFile(notebook.nbformat)}, expected 4`);
  if (!notebook.cells.every(isCell))
    throw new RefusedError("it is not a notebook: some entries in its list of cells are not cells");
  const cells = notebook.cells.map((cell) => {
    const { cell_type, source, metadata, id } = cell;
    const named = {
      ...(typeof id === "string" ? { id } : {}),
      ...(cell_type === "markdown" ? attachmentsOf(cell) : {}),
    };
    return { ...named, cell_type, source: text(source), metadata: metadataOf(metadata) };
  });
  return { nbformat: 4, nbformat_minor: 5, metadata: isRecord(notebook.metadata) ? notebook.metadata : {}, cells };
}
