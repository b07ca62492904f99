/** The devcontainer and Binder files: what they name is there. That the services build them cannot be tried here. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { parseKernelOptions } from "../../src/kernel/cli/kernel-options";
import { obstacle } from "../kernel/jupyter-lab";
import { python as jupyterPython } from "../kernel/kernelUnderTest";
import { load } from "./load";

const root = join(__dirname, "..", "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
const { scripts, engines } = JSON.parse(read("package.json")) as {
  scripts: Record<string, string>;
  engines: { node: string };
};
const { unsuitable } = load<{ unsuitable(python: object): string | undefined }>("../src/library/setup/python.mjs");
const { labArguments } = load<{ labArguments(folder: string, args: string[], asRoot?: boolean): string[] }>(
  "tasks.mjs",
);

const leastNode = Number(/(\d+)\./.exec(engines.node)![1]);
const suits = (version: string) =>
  unsuitable({ version: `${version}.0`, bits: 64, implementation: "CPython", venv: true, ensurepip: true });

/** Commands of a shell script that name something of the project, and what is wrong with each. */
function wrongCommands(text: string): string[] {
  const lines = text.split("\n").filter((line) => line && !line.startsWith("#") && !line.startsWith("set "));
  return lines.filter((line) => {
    const npm = /^npm run (\S+)$/.exec(line);
    if (npm) return !(npm[1] in scripts);
    const kernel = /^npx dnn-lab-kernel (.*)$/.exec(line);
    if (!kernel) return true;
    return parseKernelOptions(kernel[1].split(" ")).command !== "install";
  });
}

it("the devcontainer names a Node and a Python that will do, and a command that is there", () => {
  const { image, features, postCreateCommand } = JSON.parse(read(".devcontainer/devcontainer.json")) as {
    image: string;
    features: Record<string, { version: string }>;
    postCreateCommand: string;
  };
  expect(Number(/javascript-node:(\d+)-/.exec(image)![1])).toBeGreaterThanOrEqual(leastNode);
  expect(suits(Object.entries(features).find(([name]) => name.includes("/python:"))![1].version)).toBeUndefined();
  expect(wrongCommands(postCreateCommand)).toEqual([]);
});

it("Binder's files name a Node and a Python that will do; postBuild is a script whose commands are there", () => {
  const environment = read(".binder/environment.yml");
  expect(Number(/nodejs=(\d+)/.exec(environment)![1])).toBeGreaterThanOrEqual(leastNode);
  expect(suits(/python=(\d+\.\d+)/.exec(environment)![1])).toBeUndefined();
  const postBuild = join(root, ".binder", "postBuild");
  expect(statSync(postBuild).mode & 0o111).not.toBe(0);
  execFileSync("bash", ["-n", postBuild]);
  expect(wrongCommands(read(".binder/postBuild"))).toEqual([]);
  expect(wrongCommands("npm run sets\nnpx dnn-lab-kernel doctor\npip install x")).toHaveLength(3);
});

const why = obstacle();
it.skipIf(why)(
  "npm run lab opens JupyterLab on a folder with a space, and prints the address",
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "dnn lab "));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, "notebooks"));
    const args = labArguments(folder, ["--no-browser", "--ServerApp.port=0", "--IdentityProvider.token=abc"]);
    const env = { ...process.env, JUPYTER_CONFIG_DIR: folder, JUPYTER_RUNTIME_DIR: join(folder, "runtime") };
    const server = spawn(jupyterPython, args, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
    onTestFinished(() => void server.kill());
    let log = "";
    const address = await new Promise<string>((resolve, reject) => {
      server.stderr.on("data", (chunk: Buffer) => {
        log += chunk.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+\/lab\/tree\/notebooks\?token=\S+/.exec(log);
        if (found) resolve(found[0]);
      });
      server.on("exit", (code) => reject(new Error(`JupyterLab ended with ${code}:\n${log}`)));
    });
    const origin = address.replace(/\/lab\/.*$/, "");
    const contents = (await (await fetch(`${origin}/api/contents?token=abc`)).json()) as {
      content: { name: string }[];
    };
    expect(contents.content.map(({ name }) => name)).toContain("notebooks");
  },
);
