/** Line magics that are TypeScript on one line: what they do has to be done where the cells run. */

/** The code for a magic, or why there is none; undefined for other magics. */
export function inlineMagic(magic: string, argument: string): { code: string } | { refused: string } | undefined {
  switch (magic) {
    case "%env":
    case "%set_env":
      return environment(argument);
    case "%cd":
      return { code: `process.chdir(${text(folder(argument))});console.log(process.cwd());` };
    case "%pwd":
      return { code: "process.cwd();" };
    case "%run":
      return argument === ""
        ? { refused: "%run expects a file: %run file.ts" }
        : { code: `await import(${text(/^\.{0,2}\//.test(argument) ? argument : `./${argument}`)});` };
    default:
      return undefined;
  }
}

function text(value: string): string {
  return JSON.stringify(value);
}

/** `~` is the home folder; nothing means it too. */
function folder(argument: string): string {
  const path = unquoted(argument);
  const home = process.env["HOME"] ?? process.env["USERPROFILE"] ?? "/";
  return path === "" ? home : path.replace(/^~(?=$|\/)/, home);
}

function unquoted(argument: string): string {
  return /^(["']).*\1$/.test(argument) ? argument.slice(1, -1) : argument;
}

/** `%env`, `%env A`, `%env A=1`, `%env A 1`. */
function environment(argument: string): { code: string } | { refused: string } {
  if (argument === "") return { code: "process.env;" };
  const match = /^([\p{L}_][\p{L}\p{N}_]*)(?:(?:\s*=\s*|\s+)(.*))?$/u.exec(argument);
  if (match === null) return { refused: `%env expects a name, or name=value, received "${argument}".` };
  const [, name = "", value] = match;
  if (value === undefined) return { code: `process.env[${text(name)}];` };
  const shown = text(`env: ${name}=${value}`);
  return { code: `process.env[${text(name)}]=${text(value)};console.log(${shown});` };
}
