/** `npx dnn-lab setup`: adds to a project what the library can use and does not install by itself. */
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { startStep } from "./console.mjs";
import { installPackages } from "./extras.mjs";
import { setUpNative } from "./native.mjs";
import { parts } from "./parts.mjs";
import { SetupProblem } from "./problem.mjs";

const names = Object.keys(parts);

export const usage = `Usage: dnn-lab setup [${names.join("] [")}] [--gpu]

Adds to this project, in its folder .dnn-lab, what is not installed with the library (no part named: native):
${names.map((name) => `  ${name.padEnd(9)} ${parts[name].line}`).join("\n")}

  --gpu     TensorFlow for an NVIDIA GPU (Linux)
  --help    this text

Nothing is installed elsewhere: to undo it, delete .dnn-lab.`;

/** The project that the library is installed in. Throws in a clone, which has a set-up of its own. */
function projectFolder() {
  const own = fileURLToPath(import.meta.url).split(sep);
  const at = own.indexOf("node_modules");
  if (at > 0) return own.slice(0, at).join(sep) || sep;
  throw new SetupProblem(
    "this is a clone of dnn-lab",
    "`dnn-lab setup` is for projects in which the library is installed",
    "npm run setup",
  );
}

function parse(args) {
  const unknown = args.find((arg) => !names.includes(arg) && arg !== "--gpu");
  if (unknown)
    throw new SetupProblem(
      `setup: there is no '${unknown}'`,
      `the parts are ${names.join(", ")}; the option is --gpu`,
      "npx dnn-lab setup --help",
    );
  const wanted = names.filter((name) => args.includes(name));
  return { wanted: wanted.length ? wanted : ["native"], flavour: args.includes("--gpu") ? "gpu" : "cpu" };
}

async function add(name, folder, flavour) {
  const display = startStep(name);
  const detail = (text) => display.detail(text);
  try {
    await installPackages(folder, parts[name], detail);
    const compiler = name === "native" ? await setUpNative(folder, flavour, detail) : undefined;
    display.done(compiler ? `linked with ${compiler}` : Object.keys(parts[name].packages).join(", "));
  } catch (error) {
    display.fail();
    throw error;
  }
}

/** Resolves to the exit code. */
export async function main(args) {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage);
    return 0;
  }
  try {
    const { wanted, flavour } = parse(args);
    const folder = join(projectFolder(), ".dnn-lab");
    for (const name of wanted) await add(name, folder, flavour);
    return 0;
  } catch (error) {
    if (!(error instanceof SetupProblem)) throw error;
    console.error(`\n${error}`);
    return 1;
  }
}
