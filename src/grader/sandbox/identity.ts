/** Who a sandbox runs as: where root grades, a user who owns nothing on this machine. */
import { execFileSync } from "node:child_process";
import { join, relative, resolve } from "node:path";
import { findProgram } from "./programs";

/** Turns bubblewrap's arguments into the whole command that starts it. */
export type Start = (args: readonly string[]) => string[];

export interface Identity {
  readonly start: Start;
  /** Whether the sandbox runs as another user than the grader. */
  readonly isNobody: boolean;
}

/** Numbers that systems give to users for a while; each grader takes one of its own. */
const FIRST = 61_184;
const COUNT = 4_000;

/** Where folders that only root may reach are shown to the user, in a mount namespace that nobody else sees. */
const STAGE = "/mnt";

/** What every user can reach, and what bubblewrap makes anew. */
const isOpen = (path: string): boolean => /^\/(usr|etc|proc|sys|dev|bin|sbin|lib\w*)(\/|$)/.test(path);

/** The folder that holds a program and the libraries that a wheel of PyPI brings beside it. */
const programFolder = (program: string): string => resolve(program, "..", "..", "..");

/** The same bindings from numbered places on the stage, and the bindings that put them there. */
function staged(args: readonly string[]): { stage: string[]; args: string[] } {
  const stage: string[] = [];
  const moved = args.map((each, i) => {
    if (args[i - 1] !== "--ro-bind" || isOpen(each)) return each;
    const place = join(STAGE, String(stage.length));
    stage.push("--ro-bind", each, place);
    return place;
  });
  return { stage, args: moved };
}

/** Through a first bubblewrap that binds, as root, what the user may not reach by its path. */
function throughStage(bwrap: string, giveUp: readonly string[]): Start {
  return (given) => {
    const { stage, args } = staged(given);
    const folder = programFolder(bwrap);
    const own = isOpen(bwrap) ? [] : ["--ro-bind", folder, join(STAGE, "program")];
    const inner = isOpen(bwrap) ? bwrap : join(STAGE, "program", relative(folder, bwrap));
    const outer = [bwrap, "--dev-bind", "/", "/", "--tmpfs", STAGE, ...stage, ...own, "--die-with-parent", "--"];
    return [...outer, ...giveUp, inner, ...args];
  };
}

function works(start: Start, args: readonly string[]): boolean {
  const [program, ...rest] = start(args);
  try {
    execFileSync(program!, rest, { stdio: "ignore", timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}

/**
 * How bubblewrap is started here: where root grades, as a user who owns nothing, even when what it needs lies where only root may look.
 * @param trial bubblewrap's arguments for a run that sees all that a real one needs
 */
export function identityFor(bwrap: string, trial: readonly string[]): Identity {
  const asIs: Start = (args) => [bwrap, ...args];
  const setpriv = findProgram("setpriv");
  if (process.getuid?.() !== 0 || setpriv === undefined) return { start: asIs, isNobody: false };
  const id = String(FIRST + (process.pid % COUNT));
  const giveUp = [setpriv, `--reuid=${id}`, `--regid=${id}`, "--clear-groups", "--"];
  const ways: readonly Start[] = [(args) => [...giveUp, bwrap, ...args], throughStage(bwrap, giveUp)];
  const start = ways.find((way) => works(way, trial));
  return start ? { start, isNobody: true } : { start: asIs, isNobody: false };
}
