/** `!ls -l`: cells whose lines go to the shell. */

/** Words that TypeScript understands after `!`. */
const WORDS = new Set([
  "true",
  "false",
  "null",
  "undefined",
  "this",
  "new",
  "await",
  "typeof",
  "void",
  "delete",
  "function",
  "async",
  "class",
]);

/**
 * The script of a cell whose lines all begin with `!`; undefined when it is TypeScript: `!done` negates a name of the notebook.
 * @param isName whether a name is known to TypeScript
 */
export function shellLines(code: string, isName: (name: string) => boolean): string | undefined {
  const lines = code.split(/\r?\n/).filter((line) => line.trim() !== "" && !/^\s*\/\//.test(line));
  if (lines.length === 0) return undefined;
  const commands = lines.map((line) => /^\s*!(?![!=])\s*(.*)$/.exec(line)?.[1]);
  const [first] = commands;
  if (first === undefined || commands.includes(undefined)) return undefined;
  const word = /^[\p{L}_$][\p{L}\p{N}_$]*/u.exec(first)?.[0];
  const isTypeScript = word === undefined ? !/^[./~]/.test(first) : WORDS.has(word) || isName(word);
  return isTypeScript ? undefined : commands.join("\n");
}

/** The script that runs another one in bash. */
export function inBash(script: string): string {
  return `exec bash -c '${script.replaceAll("'", `'\\''`)}'`;
}
