/** Options of `dnn-lab-kernel`. */
import { parseArgs } from "node:util";
import { checkInstallOptions, KERNEL_NAME, type InstallOptions } from "../install";

export const usage = `Usage: dnn-lab-kernel <command> [options]

Commands:
  install      tells Jupyter about the kernel: writes its kernelspec, in place of an earlier one of the same name
  uninstall    removes the kernelspec
  doctor       says why a front end can or cannot start the kernel; starts it once to see

Options, the same for all commands:
  --user           for this user (the default)
  --sys-prefix     for the active Python environment (VIRTUAL_ENV, CONDA_PREFIX, else that of python3)
  --prefix <P>     below a folder: P/share/jupyter/kernels
  --name <N>       name of the kernelspec (default: ${KERNEL_NAME}, which notebooks made for tslab ask for)
  --env <N=value>  an environment variable of the kernel; may be repeated (install)
  --help           this text

Ends with 0 when all is well, 1 when it failed or the doctor found a fault, 2 for wrong usage.`;

export const commands = ["install", "uninstall", "doctor"] as const;
export type KernelCommand = (typeof commands)[number];

export interface KernelOptions {
  /** Undefined when only the help was asked for. */
  readonly command: KernelCommand | undefined;
  readonly where: InstallOptions;
  /** Whether one of `--user`, `--sys-prefix` and `--prefix` was given. */
  readonly placed: boolean;
}

/** Reads the command line. Throws an error that says what is wrong with it. */
export function parseKernelOptions(args: readonly string[]): KernelOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      user: { type: "boolean" },
      "sys-prefix": { type: "boolean" },
      prefix: { type: "string" },
      name: { type: "string" },
      env: { type: "string", multiple: true },
      help: { type: "boolean", short: "h" },
    },
    allowPositionals: true,
    strict: true,
  });
  const { user, "sys-prefix": sysPrefix, prefix, name } = values;
  const environment = variables(values.env ?? []);
  const where = { user, sysPrefix, prefix: given("--prefix", prefix), name: given("--name", name), environment };
  const placed = Boolean(user || sysPrefix || prefix);
  if (values.help) return { command: undefined, where, placed };
  checkInstallOptions(where);
  return { command: commandOf(positionals), where, placed };
}

function commandOf(positionals: readonly string[]): KernelCommand {
  const [command, extra] = positionals;
  if (command === undefined) throw new TypeError(`kernel: name a command: ${commands.join(", ")}`);
  const known = commands.find((each) => each === command);
  if (known === undefined) throw new TypeError(`kernel: there is no command '${command}', only ${commands.join(", ")}`);
  if (extra !== undefined) throw new TypeError(`kernel ${command}: unexpected argument '${extra}'`);
  return known;
}

/** `["A=1"]` as `{ A: "1" }`; undefined when there is none. */
function variables(given: readonly string[]): Record<string, string> | undefined {
  const pairs = given.map((each) => {
    const [, name, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(each) ?? [];
    if (name === undefined) throw new TypeError(`kernel: --env needs NAME=VALUE, received '${each}'`);
    return [name, value!] as const;
  });
  return pairs.length ? Object.fromEntries(pairs) : undefined;
}

function given(option: string, value: string | undefined): string | undefined {
  if (value === "") throw new TypeError(`kernel: ${option} needs a value, received ''`);
  return value;
}
