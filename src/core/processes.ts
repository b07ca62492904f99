/** Whether a process of this machine is running, also when it belongs to another user. */
export function isAlive(processId: number): boolean {
  try {
    // Signal 0 is never delivered: it only asks. On Windows Node answers the same way.
    return process.kill(processId, 0);
  } catch (error) {
    // EPERM: the process is there, but belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
