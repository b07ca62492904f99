import { isBuiltin } from "node:module";
import { dirname, resolve } from "node:path";
import { createPathsMatcher, findTsconfig, parseTsconfig } from "get-tsconfig";
import { Map, Set } from "../../intrinsics";

type Matcher = (specifier: string) => readonly string[];

const matchers = new Map<string, Matcher>();

/**
 * The files that `paths` and `baseUrl` of the nearest tsconfig.json give for a specifier, without extension, best first.
 * None for relative and absolute specifiers, Node's own modules, and where there is no such setting or file.
 *
 * A tsconfig.json that is divided into projects (`references`) gives what they say, one after the other. It is read once in a
 * session; one that cannot be read maps nothing (the type check says what is wrong with it).
 */
export function mappedPaths(specifier: string, parentFile: string): readonly string[] {
  if (/^(?:\.{0,2}\/|[A-Za-z]:)/.test(specifier) || /^\.{1,2}$/.test(specifier) || isBuiltin(specifier)) return [];
  const folder = dirname(parentFile);
  let matcher = matchers.get(folder);
  if (matcher === undefined) matchers.set(folder, (matcher = matcherOf(folder)));
  return matcher(specifier);
}

function matcherOf(folder: string): Matcher {
  const path = findTsconfig(folder);
  const projects = path === undefined ? [] : projectsOf(path, new Set());
  return (specifier) => projects.map((match) => match(specifier)).find((paths) => paths.length > 0) ?? [];
}

/** The mappings of a project and of those that it refers to. */
function projectsOf(path: string, seen: Set<string>): Matcher[] {
  if (seen.has(path)) return [];
  seen.add(path);
  try {
    const config = parseTsconfig(path);
    const own = createPathsMatcher({ path, config });
    const others = (config.references ?? []).map((reference) => {
      const other = resolve(dirname(path), reference.path);
      return other.endsWith(".json") ? other : resolve(other, "tsconfig.json");
    });
    return [...(own ? [own] : []), ...others.flatMap((other) => projectsOf(other, seen))];
  } catch {
    return [];
  }
}
