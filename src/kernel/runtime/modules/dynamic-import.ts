/** `import()` in code that a cell evaluates: `eval`, `new Function`, `setTimeout` of a text. */
import { Symbol, realm } from "../../intrinsics";
import { exposedModule } from "../../protocol/node-internals";

type ImportFromCell = (specifier: string, referrer: unknown, attributes: Record<string, string>) => Promise<object>;

interface Registry {
  registerModule(
    referrer: object,
    registry: { importModuleDynamically: ImportFromCell; callbackReferrer: object },
  ): void;
}

interface Bindings {
  internalBinding(name: "util"): { privateSymbols: { host_defined_option_symbol: symbol } };
}

/**
 * V8 asks Node, and Node looks up who answers for the script. Scripts of the inspector say nothing of that, and Node then asks
 * the global object. There it finds this kernel. Without Node's internals such an import is an error, as it is without this.
 */
export function answerDynamicImports(
  load: (specifier: string, attributes: Record<string, string>) => Promise<object>,
): void {
  const { privateSymbols } = exposedModule<Bindings>("internal/test/binding")?.internalBinding?.("util") ?? {};
  const key = privateSymbols?.host_defined_option_symbol;
  const registry = exposedModule<Registry>("internal/modules/esm/utils");
  if (key === undefined || registry?.registerModule === undefined) return;
  const cells = Symbol("cells");
  const referrer = { [key]: cells };
  registry.registerModule(referrer, {
    importModuleDynamically: (specifier, _referrer, attributes) => load(specifier, attributes),
    callbackReferrer: referrer,
  });
  // A private name of V8's: nothing that lists the global object's keys shows it.
  (realm as unknown as Record<symbol, unknown>)[key] = cells;
}
