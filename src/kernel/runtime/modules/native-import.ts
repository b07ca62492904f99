/** Node's own `import()`, as from a file that need not exist. */
import { compileFunction, constants } from "node:vm";

type NativeImport = (specifier: string, options?: object) => Promise<object>;

/** Imports what a specifier means in `parent`. */
export function importNatively(parent: string, specifier: string, options?: object): Promise<object> {
  const importFrom = compileFunction(
    "return options === undefined ? import(specifier) : import(specifier, options)",
    ["specifier", "options"],
    { filename: parent, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER as never },
  ) as unknown as NativeImport;
  return importFrom(specifier, options);
}
