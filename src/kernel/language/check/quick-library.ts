/**
 * JavaScript's own library as one file without comments. It is read in a fraction of the time that all types take, and enough for
 * many a first cell: what is right with it alone is right with everything else too. What is wrong with it may be right with all types.
 */
import { hashOf } from "dnn-lab-core/hash";
import ts from "typescript";
import { cachedFile } from "../language-cache";
import { keep } from "../load-typescript";
import { exists } from "../platform";

/** The part of Node's console that first cells use, word for word. */
export const QUICK_CONSOLE = `
declare var console: {
  log(message?: any, ...optionalParams: any[]): void;
  info(message?: any, ...optionalParams: any[]): void;
  warn(message?: any, ...optionalParams: any[]): void;
  error(message?: any, ...optionalParams: any[]): void;
  debug(message?: any, ...optionalParams: any[]): void;
};
`;

function isLibrary({ fileName }: ts.SourceFile): boolean {
  return /\/typescript\/lib\/lib\.[^/]*\.d\.ts$/.test(fileName);
}

function pathFor(libraries: readonly string[]): string {
  const hash = hashOf("sha256", libraries.join()).slice(0, 16);
  return cachedFile(`library-${hash}.d.ts`);
}

/** The file for these libraries, if an earlier session has written it. */
export function quickLibrary(libraries: readonly string[]): string | undefined {
  const path = pathFor(libraries);
  return exists(path) ? path : undefined;
}

/** Writes the file for later sessions, from the files that a program has read. */
export function keepQuickLibrary(libraries: readonly string[], program: ts.Program): void {
  if (quickLibrary(libraries) !== undefined) return;
  const printer = ts.createPrinter({ removeComments: true });
  keep(pathFor(libraries), () => {
    const texts = program
      .getSourceFiles()
      .filter(isLibrary)
      .map((file) => printer.printFile(file));
    return texts.join("\n").replace(/^\/\/\/.*$/gm, "");
  });
}
