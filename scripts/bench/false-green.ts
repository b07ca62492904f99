/**
 * Who catches what: runs each bad notebook under our check and under the usual tools, and writes the table into
 * docs/notebooks.md. A good notebook is run too: a tool that refuses it catches nothing.
 *
 *     npm run bench -- false-green [--parallel 1] [--docs docs/notebooks.md] [--json results/false-green.json]
 *
 * Verdicts are kept in the JSON file as they come: an interrupted run goes on with what is missing; delete it to begin anew.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { writeFileAtomic } from "dnn-lab-core/files";
import { venvPython } from "dnn-lab-notebooks";
import { projectFolder } from "../project-folder";
import {
  acceptBadNotebook,
  badNotebooks,
  installSilentKernel,
  MEMORY_LIMIT,
  notebookOf,
  type BadNotebook,
} from "./support/bad-notebooks";
import { changedResults } from "./support/changed-results";

const CELL_SECONDS = 25;
/** A tool that has not ended by then does not end. */
const LONGEST_MS = 180_000;
/** pytest-notebook compares the whole file otherwise, and no notebook passes that was not stored by the same kernel. */
const PYTEST = "[pytest]\nnb_diff_ignore =\n    /metadata/language_info\n    /cells/*/execution_count\n";
const START = "<!-- false-green: written by npm run bench -- false-green -->";
const END = "<!-- /false-green -->";

interface Tool {
  readonly name: string;
  /** PyPI name, for the version. */
  readonly package?: string;
  readonly args: (path: string) => readonly string[];
}

const limit = String(CELL_SECONDS);
const tools: readonly Tool[] = [
  {
    name: "nbconvert",
    package: "nbconvert",
    args: (path) => [
      "nbconvert",
      "--to",
      "notebook",
      "--execute",
      `--ExecutePreprocessor.timeout=${limit}`,
      "--output",
      "out",
      path,
    ],
  },
  { name: "nbclient", package: "nbclient", args: (path) => ["jupyter", "execute", `--timeout=${limit}`, path] },
  {
    name: "papermill",
    package: "papermill",
    args: (path) => [
      "papermill",
      path,
      join(dirname(path), "papermill-out.ipynb"),
      "--execution-timeout",
      limit,
      "--start-timeout",
      limit,
    ],
  },
  {
    name: "nbmake",
    package: "nbmake",
    args: (path) => ["pytest", "-q", "--nbmake", `--nbmake-timeout=${limit}`, path],
  },
  {
    name: "nbval",
    package: "nbval",
    args: (path) => ["pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-cell-timeout", limit, path],
  },
  {
    name: "pytest-notebook",
    package: "pytest-notebook",
    args: (path) => ["pytest", "-q", "-p", "no:cacheprovider", "--nb-test-files", "--nb-exec-timeout", limit, path],
  },
];

type Verdict = "caught" | "passed" | "hangs";

async function judge(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Verdict> {
  const child = spawn(command, args, { cwd, stdio: "ignore", env, detached: true });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    process.kill(-child.pid!, "SIGKILL");
  }, LONGEST_MS);
  const code = await new Promise<number | null>((settle) => child.on("close", settle).on("error", () => settle(-1)));
  clearTimeout(timer);
  return late ? "hangs" : code === 0 ? "passed" : "caught";
}

/** A notebook that is as it should be, with the outputs of a run. */
const goodNotebook: BadNotebook = {
  name: "good",
  what: "(a good notebook)",
  cells: badNotebooks.find(({ name }) => name === "edited-reference")!.cells,
  accepted: badNotebooks.find(({ name }) => name === "edited-reference")!.accepted,
  kind: "difference",
};

function prepare(bad: BadNotebook, folder: string): string {
  const path = join(folder, bad.name, `${bad.name}.ipynb`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(notebookOf(bad, true), null, 1)}\n`);
  writeFileSync(join(dirname(path), "pytest.ini"), PYTEST);
  acceptBadNotebook(bad, path);
  return path;
}

const marks: Readonly<Record<Verdict, string>> = { caught: "✓", passed: "passes it", hangs: "hangs" };

function versionOf(name: string): string {
  const code = `import importlib.metadata as m; print(m.version(${JSON.stringify(name)}))`;
  return execFileSync(venvPython(), ["-c", code], { encoding: "utf8" }).trim();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      parallel: { type: "string", default: "1" },
      docs: { type: "string", default: join(projectFolder(), "docs", "notebooks.md") },
      json: { type: "string", default: join(projectFolder(), "results", "false-green.json") },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), "false-green-"));
  const script = join(projectFolder(), "src", "notebooks", "dist", "cli", "notebooks.js");
  const known = existsSync(values.json)
    ? (JSON.parse(readFileSync(values.json, "utf8")) as Record<string, Verdict>)
    : {};
  const verdicts = new Map<string, Verdict>(Object.entries(known));
  try {
    const jupyter = installSilentKernel(folder);
    const all = [goodNotebook, ...badNotebooks, ...changedResults];
    const tasks = all.flatMap((bad) => {
      const env = {
        ...process.env,
        JUPYTER_PREFER_ENV_PATH: "1",
        JUPYTER_PATH: jupyter,
        PYTHONDONTWRITEBYTECODE: "1",
        ...(bad.hungry ? { NODE_OPTIONS: MEMORY_LIMIT } : {}),
      };
      const place = (name: string) => prepare(bad, join(folder, name));
      const own = () => {
        const path = place("dnn-lab");
        return judge(
          process.execPath,
          [script, "check", path, "--no-cache", "--timeout", limit, "--timeout-start", limit],
          dirname(path),
          env,
        );
      };
      const others = tools.map((tool) => ({
        key: `${bad.name} ${tool.name}`,
        run: () => {
          const path = place(tool.name);
          return judge(venvPython(), ["-m", ...tool.args(path)], dirname(path), env);
        },
      }));
      return [{ key: `${bad.name} dnn-lab`, run: own }, ...others];
    });
    const queue = tasks.filter(({ key }) => !verdicts.has(key));
    const work = async (): Promise<void> => {
      for (let task = queue.shift(); task; task = queue.shift()) {
        const verdict = await task.run();
        verdicts.set(task.key, verdict);
        writeFileAtomic(values.json, `${JSON.stringify(Object.fromEntries(verdicts), null, 1)}\n`);
        process.stderr.write(`[${tasks.length - queue.length}/${tasks.length}] ${task.key}: ${verdict}\n`);
      }
    };
    await Promise.all(Array.from({ length: Number(values.parallel) }, work));
    const names = ["dnn-lab", ...tools.map(({ name }) => name)];
    const row = ({ name, what, kind }: BadNotebook) => {
      const cells = names.map((tool) =>
        name === "good"
          ? verdicts.get(`${name} ${tool}`) === "passed"
            ? "passes it"
            : "refuses it"
          : marks[verdicts.get(`${name} ${tool}`)!],
      );
      return `| ${what} | ${cells[0]}${name === "good" ? "" : ` \`${kind}\``} | ${cells.slice(1).join(" | ")} |`;
    };
    const versions = tools.map(({ name, package: from }) => `${name} ${versionOf(from!)}`).join(", ");
    const table = [
      `| | ours | ${tools.map(({ name }) => name).join(" | ")} |`,
      `| ${"--- | ".repeat(names.length + 1).trim()}`,
      ...all.map(row),
    ].join("\n");
    const docs = readFileSync(values.docs, "utf8");
    const [from, to] = [docs.indexOf(START), docs.indexOf(END)];
    if (from < 0 || to < from) throw new Error(`bench: ${values.docs} has no lines ${START} and ${END}.`);
    writeFileAtomic(values.docs, `${docs.slice(0, from)}${START}\n\n${table}\n\n(${versions}.)\n\n${docs.slice(to)}`);
    const missed = [...badNotebooks, ...changedResults].filter(
      ({ name }) => verdicts.get(`${name} dnn-lab`) !== "caught",
    );
    if (missed.length) throw new Error(`our check misses: ${missed.map(({ name }) => name).join(", ")}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: Error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exitCode = 1;
});
