import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { watchParent } from "../../../src/kernel/protocol/parent-watch";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const watch = (pid: string | undefined, addressed = false) => {
  const gone = vi.fn();
  watchParent({ gone, addressed: () => addressed, environment: { JPY_PARENT_PID: pid }, silenceMs: 5000 });
  return gone;
};

/** The id of a process that has ended. */
const ended = () => String(spawnSync(process.execPath, ["-e", ""]).pid);

it("lets a kernel live that no server has started", () => {
  const watches = [watch(undefined), watch("none"), watch("0")];
  vi.advanceTimersByTime(120_000);
  for (const gone of watches) expect(gone).not.toHaveBeenCalled();
});

it("ends a kernel whose server died while it began, unless somebody speaks to it", () => {
  const [silent, addressed] = [watch(ended()), watch(ended(), true)];
  vi.advanceTimersByTime(4900);
  expect(silent).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(silent).toHaveBeenCalledTimes(1);
  expect(addressed).not.toHaveBeenCalled();
});

it("watches a server that is not the kernel's parent, too", async () => {
  const server = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const gone = watch(String(server.pid));
  const parent = watch(String(process.ppid));
  vi.advanceTimersByTime(3000);
  expect(gone).not.toHaveBeenCalled();
  server.kill("SIGKILL");
  await once(server, "exit");
  vi.advanceTimersByTime(1100);
  expect(gone).toHaveBeenCalled();
  expect(parent).not.toHaveBeenCalled();
});
