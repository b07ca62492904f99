/** What the commands of package.json do once the set-up is done. */
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { foreground, pythonEnvironment } from "../src/library/setup/command.mjs";
import { chooseFlavour } from "./setup/flavour.mjs";
import { deno } from "./setup/npm-program.mjs";
import { distFolder, modulesFolder, packagesFolder, root, venvPython } from "./setup/paths.mjs";
import { SetupProblem } from "../src/library/setup/problem.mjs";
import { allSteps, buildSteps, nodeSteps, setUp } from "./setup/set-up.mjs";
import { build } from "./setup/steps/build.mjs";
import { kernelspecStep } from "./setup/steps/kernelspec.mjs";

const node = (args, options = {}) => foreground(process.execPath, args, { cwd: root, ...options });
const tool = (path) => join(modulesFolder, ...path.split("/"));
const compiled = (name) => join(distFolder, "scripts", `${name}.js`);
/** The command line of a package. */
const commandOf = (name) => join(packagesFolder, name, "dist", "cli", `${name}.js`);

/** Command line of JupyterLab on the notebooks of `folder`; it prints its address. */
export function labArguments(folder, args, asRoot = process.getuid?.() === 0) {
  const places = [`--ServerApp.root_dir=${folder}`, "--LabApp.default_url=/lab/tree/notebooks"];
  return ["-m", "jupyterlab", ...places, ...(asRoot ? ["--allow-root"] : []), ...args];
}

function lab(args) {
  return foreground(venvPython, labArguments(root, args), {
    cwd: root,
    env: pythonEnvironment({ JUPYTER_PREFER_ENV_PATH: "1" }),
  });
}

/** Where the command was given: `npm run` itself goes to the project's folder. */
const givenIn = () => process.env.INIT_CWD ?? process.cwd();

async function bench([name, ...args]) {
  const names = benchmarks();
  if (names.includes(name))
    return node([compiled(join("bench", name)), ...args], { env: await benchEnvironment(name) });
  const cause = name ? `there is no benchmark '${name}'` : "no benchmark was named";
  throw new SetupProblem("bench: which benchmark?", cause, names.map((each) => `npm run bench -- ${each}`).join("\n"));
}

/** The benchmark of kernels compares with Deno's where npm gives it. */
async function benchEnvironment(name) {
  const program = name === "kernel" ? await deno() : undefined;
  return program ? { ...process.env, DNN_LAB_DENO: program } : process.env;
}

function caseStudy([name, ...args]) {
  const names = caseStudies();
  if (names.includes(name)) return node([join(distFolder, "case-studies", name, "run.js"), ...args]);
  const cause = name ? `there is no case study '${name}'` : "no case study was named";
  throw new SetupProblem(
    "case-study: which one?",
    cause,
    names.map((each) => `npm run case-study -- ${each}`).join("\n"),
  );
}

async function setupOnly(args) {
  const unknown = args.find((arg) => arg !== "--gpu" && arg !== "--cpu");
  if (unknown)
    throw new SetupProblem(
      `setup: unknown option '${unknown}'`,
      "the options are --gpu and --cpu",
      "npm run setup -- --gpu",
    );
  if (args.length) chooseFlavour(args.at(-1).slice(2));
  if (!(await setUp(allSteps))) console.log("Nothing is left to do: everything is set up.");
  return 0;
}

/** Commands of `dnn-lab` about assignments and submissions, one program for all. */
const submissionCommands = ["author", "check", "submit", "grade", "worker", "similar"];
const submissionLines = {
  author: "an assignment: writes template, solution and rubric from its source, and proves it",
  check: "a student's notebook: runs it from a fresh kernel, says what is missing",
  submit: "the same, and makes the file to hand in",
  grade: "submissions: graded in a sandbox, one or a class",
  worker: "takes grading jobs from a queue",
  similar: "submissions that are alike",
};

const submissionTask = (name) => [
  allSteps,
  (args) => node([commandOf("grader"), name, ...args], { cwd: givenIn() }),
  submissionLines[name],
];

/** Tests of these folders run the sources; the others start programs of the build. */
const runOnSources = /^test[\\/](core|library)[\\/]/;

/** What tests need beforehand: those that name files of the library alone need no build. */
function stepsOfTest(args) {
  const paths = args.filter((arg) => !arg.startsWith("-"));
  const onSources = paths.length > 0 && paths.every((path) => runOnSources.test(path));
  return onSources ? allSteps.filter((step) => step !== build && step !== kernelspecStep) : allSteps;
}

/** The names of the benchmarks, which `npm run bench` takes. */
const benchmarks = () =>
  readdirSync(join(root, "scripts", "bench")).flatMap((file) => (file.endsWith(".ts") ? [file.slice(0, -3)] : []));

/** The case studies that have a program of their own. */
function caseStudies() {
  const folder = join(root, "case-studies");
  return readdirSync(folder).filter((each) => existsSync(join(folder, each, "run.ts")));
}

/** name → [steps that must be done before (or what tells them from the arguments), what to do with the arguments, one line for the help]. */
const tasks = {
  setup: [[], setupOnly, "set up everything (--gpu or --cpu chooses the TensorFlow)"],
  test: [
    stepsOfTest,
    async (args) => (await import("./test.mjs")).test(args),
    "lint, types and tests; arguments go to vitest",
  ],
  "test:watch": [
    stepsOfTest,
    async (args) => (await import("./test.mjs")).watch(args),
    "vitest, again at each change of a source",
  ],
  "test:install": [
    allSteps,
    async () => (await import("./test.mjs")).test(["test/install"]),
    "packs the packages, installs each in an empty project, uses it there",
  ],
  reproduce: [
    allSteps,
    (args) => node([compiled("reproduce"), ...args]),
    "the course's notebooks, compared with the published figures",
  ],
  "case-study": [allSteps, caseStudy, "a case study's program: npm run case-study -- cifar-10"],
  doctor: [
    [],
    async (args) => (await import("./doctor.mjs")).doctor(args),
    "what is there, what is missing, what to do",
  ],
  lab: [allSteps, lab, "JupyterLab on the notebooks, kernel ready"],
  kernel: [
    buildSteps,
    (args) => node([commandOf("kernel"), ...args], { cwd: givenIn() }),
    "the Jupyter kernel for other Pythons: kernel install, uninstall, doctor",
  ],
  notebooks: [
    allSteps,
    (args) => node([commandOf("notebooks"), ...args], { cwd: givenIn() }),
    "execute notebooks and compare them with their references: notebooks check, run, accept, clean …",
  ],
  ...Object.fromEntries(submissionCommands.map((name) => [name, submissionTask(name)])),
  build: [buildSteps, async () => 0, "compile the TypeScript sources to dist/"],
  lint: [nodeSteps, (args) => node([tool("eslint/bin/eslint.js"), ...(args.length ? args : ["."])]), "ESLint"],
  format: [
    nodeSteps,
    (args) => node([tool("prettier/bin/prettier.cjs"), "--write", ...(args.length ? args : ["."])]),
    "Prettier",
  ],
  slides: [
    buildSteps,
    () => node([compiled("slides")]),
    "docs/coverage.md: which cell shows which statement of the slides",
  ],
  docs: [
    nodeSteps,
    (args) => node([tool("typedoc/bin/typedoc"), ...args], { cwd: root }),
    "the API reference, from the docstrings, into site/api",
  ],
  site: [
    allSteps,
    () => node([compiled("site")]),
    "all notebooks, guides and the API reference as static pages, into site/",
  ],
  mutation: [
    allSteps.filter((step) => step !== build && step !== kernelspecStep),
    async (args) => (await import("./mutation.mjs")).mutation(args),
    "small changes of the sources: which do the tests not notice? npm run mutation -- <group>",
  ],
  bench: [allSteps, bench, "benchmarks: npm run bench -- <name>"],
};

const asksForHelp = (arg) => arg === "--help" || arg === "-h";

function help() {
  const lines = Object.entries(tasks).map(([name, [, , line]]) => `  npm run ${name.padEnd(10)} ${line}`);
  return `Usage: npm run <task> [-- arguments]\n${lines.join("\n")}\n\nOf one task: npm run <task> -- --help`;
}

/** Tasks whose program has options of its own, and tells them where it is built. */
const programs = {
  reproduce: [compiled("reproduce")],
  kernel: [commandOf("kernel")],
  notebooks: [commandOf("notebooks")],
  ...Object.fromEntries(submissionCommands.map((name) => [name, [commandOf("grader"), name]])),
};

/** What a task takes, beside its line in the list of tasks. */
const details = {
  setup: () => "  --gpu, --cpu   which TensorFlow; kept for later (default: cpu)",
  test: () =>
    [
      "  <files>, -t <name> …   go to vitest, which then runs alone",
      "  --node <version>       on this Node (from npm), by default the part of the tests that depends on it",
      "  --also-node <version>  everything, then that part again on this Node",
      "  --within <minutes>     where that part would end later, leave it out and count it as skipped",
    ].join("\n"),
  "test:watch": () => "Arguments go to vitest.",
  "case-study": () => `  <name>   ${caseStudies().join(", ")}`,
  bench: () => `  <name>   ${benchmarks().join(", ")}`,
  mutation: () => "  <group>   core, techniques, checks, grading; files of it may follow",
  lab: () => "Arguments go to JupyterLab.",
  lint: () => "Arguments go to ESLint (default: all files).",
  format: () => "Arguments go to Prettier (default: all files).",
  docs: () => "Arguments go to TypeDoc.",
};

/** Tells what a task does and takes. It starts nothing and sets nothing up. */
async function helpOf(name) {
  const program = programs[name];
  if (program && existsSync(program[0])) return node([...program, "--help"]);
  const more = program ? "Its options are shown here once the project is set up: npm run setup" : details[name]?.();
  console.log(`Usage: npm run ${name} [-- arguments]\n\n${tasks[name][2]}${more ? `\n\n${more}` : ""}`);
  return 0;
}

/** Folders named relative to where the command was given: programs that it starts run elsewhere. */
function makeFoldersAbsolute() {
  for (const name of ["DNN_LAB_DATA", "DNN_LAB_MODELS", "DNN_LAB_CACHE"]) {
    if (process.env[name]) process.env[name] = resolve(givenIn(), process.env[name]);
  }
}

/** Sets up what the task needs, runs it, and ends the process with its exit code. */
export async function main([name, ...args]) {
  if (!Object.hasOwn(tasks, name ?? "")) {
    const asked = !name || asksForHelp(name);
    if (asked) console.log(help());
    else console.error(`Unknown task '${name}'.\n${help()}`);
    process.exit(asked ? 0 : 2);
  }
  if (args.some(asksForHelp)) {
    process.exitCode = await helpOf(name);
    return;
  }
  const [needed, run] = tasks[name];
  const steps = typeof needed === "function" ? needed(args) : needed;
  makeFoldersAbsolute();
  try {
    await setUp(steps);
    process.exitCode = await run(args);
  } catch (error) {
    if (!(error instanceof SetupProblem)) throw error;
    console.error(`\n${error}`);
    process.exitCode = 1;
  }
}
