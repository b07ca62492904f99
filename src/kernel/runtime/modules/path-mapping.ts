import { isBuiltin } from "node:module";
import { dirname, resolve } from "node:path";
import { createFilesMatcher, createPathsMatcher, findTsconfig, parseTsconfig } from "get-tsconfig";
import { Map, Set } from "../../intrinsics";

/** What a tsconfig.json says. */
interface Project {
  readonly paths: (specifier: string) => readonly string[];
  /** Whether a file belongs to it. */
  includes(file: string): boolean;
}

const projectsByFolder = new Map<string, readonly Project[]>();
const JAVASCRIPT = /\.[cm]?jsx?$/;

/**
 * The files that `paths` and `baseUrl` of the nearest tsconfig.json give for a specifier, without extension, best first.
 * None for relative and absolute specifiers, Node's own modules, and where there is no such setting or file. JavaScript counts where
 * it belongs to the project (`allowJs`): what the project was built to (its `dist`) has the packages that it names.
 *
 * A tsconfig.json that is divided into projects (`references`) gives what they say, one after the other. It is read once in a
 * session; one that cannot be read maps nothing (the type check says what is wrong with it).
 */
export function mappedPaths(specifier: string, parentFile: string): readonly string[] {
  if (/^(?:\.{0,2}\/|[A-Za-z]:)/.test(specifier) || /^\.{1,2}$/.test(specifier) || isBuiltin(specifier)) return [];
  for (const project of projectsFor(dirname(parentFile))) {
    if (JAVASCRIPT.test(parentFile) && !project.includes(parentFile)) continue;
    const paths = project.paths(specifier);
    if (paths.length > 0) return paths;
  }
  return [];
}

function projectsFor(folder: string): readonly Project[] {
  const known = projectsByFolder.get(folder);
  if (known !== undefined) return known;
  const path = findTsconfig(folder);
  const projects = path === undefined ? [] : projectsOf(path, new Set());
  projectsByFolder.set(folder, projects);
  return projects;
}

/** A project and those that it refers to, as far as they have mappings. */
function projectsOf(path: string, seen: Set<string>): Project[] {
  if (seen.has(path)) return [];
  seen.add(path);
  try {
    const config = parseTsconfig(path);
    const paths = createPathsMatcher({ path, config });
    const includes = createFilesMatcher({ path, config });
    const own: Project[] = paths ? [{ paths, includes: (file) => includes(file) !== undefined }] : [];
    const others = (config.references ?? []).map((reference) => {
      const other = resolve(dirname(path), reference.path);
      return other.endsWith(".json") ? other : resolve(other, "tsconfig.json");
    });
    return [...own, ...others.flatMap((other) => projectsOf(other, seen))];
  } catch {
    return [];
  }
}
