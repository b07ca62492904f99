import { readFileSync } from "node:fs";
import { join, dirname } from "node:path";
import { Error, JSON, process } from "../intrinsics";
import { PROTOCOL_VERSION, type Json } from "./message";

/** The version in a package's package.json, without loading the package. */
function versionOf(packageJson: string): string {
  return (JSON.parse(readFileSync(packageJson, "utf8")) as { version: string }).version;
}

/** The nearest package.json above this file is the one of the package itself. */
function ownPackageJson(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, "package.json");
    try {
      readFileSync(candidate);
      return candidate;
    } catch {
      if (folder === dirname(folder)) throw new Error(`no package.json above ${__dirname}`);
    }
  }
}

/** The versions that kernel_info, `%help` and `doctor` report. */
export function versions(): { kernel: string; typescript: string; node: string } {
  return {
    kernel: versionOf(ownPackageJson()),
    typescript: versionOf(require.resolve("typescript/package.json")),
    node: process.versions.node,
  };
}

/** The content of a kernel_info_reply. */
export function kernelInfo(): Json {
  const { kernel, typescript, node } = versions();
  return {
    status: "ok",
    protocol_version: PROTOCOL_VERSION,
    implementation: "dnn-lab",
    implementation_version: kernel,
    language_info: {
      name: "typescript",
      version: typescript,
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: { name: "javascript", mode: "typescript", typescript: true },
      nbconvert_exporter: "script",
    },
    banner: `dnn-lab ${kernel}: TypeScript ${typescript} on Node.js ${node}`,
    help_links: [
      { text: "TypeScript", url: "https://www.typescriptlang.org/docs/" },
      { text: "Node.js", url: "https://nodejs.org/docs/latest/api/" },
      { text: "TensorFlow.js", url: "https://js.tensorflow.org/api/latest/" },
    ],
    debugger: true,
    supported_features: ["debugger"],
  };
}
