/** What of the runner differs between systems, in the form for Windows, as far as it can be tried here. */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(__dirname, "..", "..");
const python = join(root, ".venv", "bin", "python");
const env = { ...process.env, PYTHONPATH: join(root, "src", "notebooks", "runner"), PYTHONDONTWRITEBYTECODE: "1" };

it.each(["False", "True"])("reads lines of standard input to their end (windows=%s)", (windows) => {
  const program = `
import asyncio, system
async def main():
    next_line = await system.input_lines(windows=${windows})
    while line := await next_line():
        print(len(line), line.decode().strip(), flush=True)
asyncio.run(main())
print("end")`;
  const output = execFileSync(python, ["-c", program], { env, input: "one\nzwölf\n", encoding: "utf8" });
  expect(output.split("\n")).toEqual(["4 one", "7 zwölf", "end", ""]);
});

it.each([
  ["loop's", ""],
  ["Python's own", "loop.add_signal_handler = refuse"],
])("hears a signal by the %s handlers, and knows no signal that the system lacks", (_, change) => {
  const program = `
import asyncio, os, signal, system
def refuse(*_):
    raise NotImplementedError
async def main():
    loop = asyncio.get_running_loop()
    ${change}
    came = asyncio.Event()
    system.on_signals(["SIGNONE", "SIGTERM"], came.set)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(came.wait(), 30)
    print("came")
asyncio.run(main())`;
  const { status, stdout, stderr } = spawnSync(python, ["-c", program], { env, encoding: "utf8" });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "came\n", stderr: "" });
});
