import { join } from "node:path";

/** Where a Python environment has a program: `bin/python`, on Windows `Scripts\python.exe`. */
export function environmentProgram(environment: string, name: string, system: string = process.platform): string {
  return system === "win32" ? join(environment, "Scripts", `${name}.exe`) : join(environment, "bin", name);
}
