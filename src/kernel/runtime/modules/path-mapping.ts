import { isBuiltin } from "node:module";
import { dirname } from "node:path";
import { createPathsMatcher, findTsconfig, parseTsconfig } from "get-tsconfig";

type Matcher = (specifier: string) => readonly string[];

const matchers = new Map<string, Matcher>();

/**
 * The files that `paths` and `baseUrl` of the nearest tsconfig.json give for a specifier, without extension, best first.
 * None for relative and absolute specifiers, Node's own modules, and where there is no such setting or file.
 *
 * A tsconfig.json is read once in a session; one that cannot be read maps nothing (the type check says what is wrong with it).
 */
export function mappedPaths(specifier: string, parentFile: string): readonly string[] {
  if (/^(?:\.{0,2}\/|[A-Za-z]:)/.test(specifier) || /^\.{1,2}$/.test(specifier) || isBuiltin(specifier)) return [];
  const folder = dirname(parentFile);
  let matcher = matchers.get(folder);
  if (matcher === undefined) matchers.set(folder, (matcher = matcherOf(folder)));
  return matcher(specifier);
}

function matcherOf(folder: string): Matcher {
  const nothing: Matcher = () => [];
  try {
    const path = findTsconfig(folder);
    if (path === undefined) return nothing;
    return createPathsMatcher({ path, config: parseTsconfig(path) }) ?? nothing;
  } catch {
    return nothing;
  }
}
