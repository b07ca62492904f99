/** The TypeScript kernel's package, where it is installed beside this one: notebooks of other kernels are checked without it. */
import { dirname } from "node:path";

/** Folder of `dnn-lab-kernel`; undefined when it is not installed. */
export function kernelFolder(): string | undefined {
  try {
    return dirname(require.resolve("dnn-lab-kernel/package.json", { paths: [__dirname, process.cwd()] }));
  } catch {
    return undefined;
  }
}
