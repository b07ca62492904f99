/** Which browser draws: the one that CHROME_PATH names, the one that came from npm, or the system's. */
import type { Environment } from "dnn-lab-core/types";
import { delimiter, existsSync, join, process } from "../../platform";

export interface BrowserChoice {
  /** Programs to try, in this order. */
  readonly executables: readonly string[];
  /** Whether npm's `@sparticuz/chromium` (Linux on x64) is to be tried before them. */
  readonly bundled: boolean;
}

export const remedy =
  "To get one, install Google Chrome or Chromium, or set CHROME_PATH to its program file; on Linux (x64) " +
  "`npx dnn-lab setup pictures` brings one along.";

const commands = ["google-chrome-stable", "google-chrome", "chromium", "chromium-browser", "chrome", "microsoft-edge"];

/** The browsers to try on this machine. */
export function findBrowser(
  environment: Environment = process.env,
  platform: string = process.platform,
  exists: (path: string) => boolean = existsSync,
): BrowserChoice {
  const named = environment.CHROME_PATH;
  if (named) return { executables: [named], bundled: false };
  const bundled = platform === "linux" && process.arch === "x64";
  return { executables: candidates(environment, platform).filter(exists), bundled };
}

function candidates(environment: Environment, platform: string): string[] {
  if (platform === "darwin") {
    return ["Google Chrome", "Chromium", "Microsoft Edge"].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (platform === "win32") {
    const roots = [environment.PROGRAMFILES, environment["PROGRAMFILES(X86)"], environment.LOCALAPPDATA];
    const programs = ["Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe"];
    return roots.flatMap((root) => (root ? programs.map((program) => join(root, program)) : []));
  }
  const folders = (environment.PATH ?? "").split(delimiter).filter(Boolean);
  return folders.flatMap((folder) => commands.map((command) => join(folder, command)));
}
