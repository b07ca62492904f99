/**
 * A rule of ESLint for code that shares its global scope with programs it does not know: every name must be declared or
 * imported. Types are erased and may be global; `undefined`, `NaN` and `Infinity` cannot be declared by anybody.
 */
const ALLOWED = new Set(["undefined", "NaN", "Infinity", "require", "module", "exports", "__dirname", "__filename"]);

export const noFreeGlobals = {
  meta: {
    type: "problem",
    schema: [],
    messages: { free: "'{{name}}' may be declared by a cell: import it from src/kernel/intrinsics.ts." },
  },
  create(context) {
    const report = ({ identifier, resolved, isTypeReference, isValueReference }) => {
      if (isTypeReference && !isValueReference) return;
      if ((resolved?.defs.length ?? 0) > 0 || ALLOWED.has(identifier.name)) return;
      context.report({ node: identifier, messageId: "free", data: { name: identifier.name } });
    };
    return {
      "Program:exit"(node) {
        const scope = context.sourceCode.getScope(node);
        const global = scope.type === "global" ? scope : scope.upper;
        for (const reference of global.through) report(reference);
        for (const variable of global.variables) {
          if (variable.defs.length === 0) variable.references.forEach(report);
        }
      },
    };
  },
};
