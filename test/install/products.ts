/** The packages as npm would pack them, and empty projects to install them in: own HOME, registry only. */
import { execFile, execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

export const root = join(__dirname, "..", "..");
export const python = join(root, ".venv", "bin", "python");
const npm = ["npm"];

/** What one project has fetched from the registry, the next one need not fetch again. */
const fetched = mkdtempSync(join(tmpdir(), "dnn-lab-fetched-"));
const network = { npm_config_cache: fetched };
export const removeFetched = (): void => rmSync(fetched, { recursive: true, force: true });

/** Environment of a user who has nothing yet: no settings of ours, none of npm's from a surrounding run. */
function userEnvironment(home: string, extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|DNN_LAB_|NODE_OPTIONS|NODE_PATH|VITEST|JUPYTER|INIT_CWD|VIRTUAL_ENV)/i.test(name),
  );
  const path = [join(home, "node_modules", ".bin"), dirname(process.execPath), process.env.PATH].join(delimiter);
  return { ...Object.fromEntries(kept), ...network, HOME: home, PATH: path, ...extra };
}

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** An empty project in a folder with a space in its path. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "dnn lab install "));
  private readonly home = mkdtempSync(join(tmpdir(), "dnn lab home "));

  constructor() {
    this.write("package.json", '{ "private": true }');
  }

  write(name: string, text: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  run(command: string, args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const env = userEnvironment(this.home, extra);
    return new Promise((settle) => {
      const child = execFile(command, [...args], { cwd: this.folder, env, maxBuffer: 2 ** 27 }, (_, stdout, stderr) =>
        settle({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }

  /** A command of an installed package. */
  command(name: string, args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return this.run(process.execPath, [join(this.folder, "node_modules", ".bin", name), ...args], extra);
  }

  /** Installs packed packages; tells packages, megabytes and seconds. */
  async install(tarballs: readonly string[]): Promise<{ packages: number; megabytes: number; seconds: number }> {
    const started = performance.now();
    const options = ["--no-audit", "--no-fund", "--no-update-notifier"];
    const { code, output } = await this.run(npm[0]!, ["install", ...options, ...tarballs]);
    const seconds = (performance.now() - started) / 1000;
    if (code !== 0) throw new Error(`npm install ${tarballs.join(" ")} failed:\n${output}`);
    const modules = join(this.folder, "node_modules");
    const lock = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8")) as { packages: object };
    const size = { packages: Object.keys(lock.packages).length, megabytes: Math.round(sizeOf(modules) / 1e6), seconds };
    console.log(`${tarballs.map((each) => each.split("/").at(-1)).join(" ")}: ${JSON.stringify(size)}`);
    return size;
  }

  remove(): void {
    for (const folder of [this.folder, this.home]) rmSync(folder, { recursive: true, force: true });
  }
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Packs all packages; name (`dnn-lab-kernel`) → tarball. */
export function packAll(): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "dnn-lab-packed-"));
  const options = ["--workspaces", "--json", "--loglevel=error", "--pack-destination", folder];
  const said = execFileSync(npm[0]!, ["pack", ...options], {
    cwd: root,
    encoding: "utf8",
    env: userEnvironment(folder),
  });
  const packed = Object.values(JSON.parse(said) as Record<string, { name: string; filename: string }>);
  return new Map(packed.map(({ name, filename }) => [name, join(folder, filename)]));
}

export const canRun = existsSync(python);
