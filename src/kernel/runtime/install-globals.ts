import { Object, realm } from "../intrinsics";
import { cellHelpers } from "./cell-helpers";
import type { DisplayApi } from "./display/display-api";
import type { Comms } from "./comms";
import type { Input } from "./input";
import type { Importer } from "./modules/importer";

/** What cells find as globals. Cells may declare the same names and then have their own. */
export function installGlobals(parts: { display: DisplayApi; input: Input; comms: Comms; importer: Importer }): void {
  const { display, input, comms, importer } = parts;
  const { filename, dirname } = importer.meta();
  define({
    display: display.display,
    html: display.html,
    md: display.md,
    svg: display.svg,
    image: display.image,
    clearOutput: display.clearOutput,
    input: input.input,
    prompt: input.prompt,
    password: input.password,
    comms,
    require: importer.createRequire(),
    __dirname: dirname,
    __filename: filename,
    ...cellHelpers,
    __dnn_module: importer.module,
    __dnn_exports: importer.module.exports,
    __dnn_load: importer.load.bind(importer),
    __dnn_import: importer.import.bind(importer),
    __dnn_importFrom: importer.importFrom.bind(importer),
    __dnn_meta: importer.meta(),
    __dnn_metaOf: importer.meta.bind(importer),
  });
}

function define(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    // To cells it is a function of theirs.
    if (typeof value === "function") Object.setPrototypeOf(value, realm.Function.prototype);
    Object.defineProperty(realm, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
