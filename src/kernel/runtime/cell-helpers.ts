/** Functions that the code of cells calls (see `language/api.ts`). */
import { Object, Proxy, String, TypeError } from "../intrinsics";

/** Gives a function or class the name that the cell gave it; a name of its own (`static name`) stays. */
function nameFunction(value: unknown, name: string): void {
  if (typeof value !== "function" || value.name !== `__dnn_own_${name}`) return;
  Object.defineProperty(value, "name", { value: name, configurable: true });
}

/** Removes from an enum what only numbers have, the way back from value to name, where the value is a string. */
function mendEnum(enumeration: Record<string, unknown>, members: readonly string[]): void {
  for (const member of members) {
    const value = enumeration[member];
    if (typeof value !== "string" || members.includes(value)) continue;
    if (enumeration[value] === member) delete enumeration[value];
  }
}

/** Stands where a cell assigns to what it has imported. */
const constant = new Proxy(
  {},
  {
    set: (_target, name) => {
      throw new TypeError(`Cannot assign to '${String(name)}': it is imported`);
    },
  },
);

export const cellHelpers = { __dnn_name: nameFunction, __dnn_mendEnum: mendEnum, __dnn_constant: constant };
