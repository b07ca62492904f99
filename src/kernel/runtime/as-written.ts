/** Names as the cell has them, in messages of V8: it speaks of what the code that runs calls them. */

/** `(0 , __dnn_of_f.f)`, how an imported function is called; `__dnn_of_a.b`; `__dnn_own_performance`. */
const IMPORTED = /\(0 ?, ?__dnn_of_([\p{ID_Continue}$]+)(?:\.[\p{ID_Continue}$]+|\[[^\]]*\])\)/gu;
const LOOKED_UP = /__dnn_of_([\p{ID_Continue}$]+)(?:\.[\p{ID_Continue}$]+|\[[^\]]*\])/gu;
const OWN = /__dnn_(?:own|forgotten)_(?=[\p{ID_Start}$_])/gu;

/** The text with the names that the cell gave. */
export function asWritten(text: string): string {
  if (!text.includes("__dnn_")) return text;
  return text.replace(IMPORTED, "$1").replace(LOOKED_UP, "$1").replace(OWN, "");
}
