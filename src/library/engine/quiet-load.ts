/**
 * TensorFlow's library greets on standard error while it is loaded (oneDNN, processor features), at any log level. The
 * set-up compiles a small addon that holds standard error back meanwhile; what is not a greeting is passed on.
 */
import { dirname, existsSync, join, process, requireModule } from "../platform";

interface QuietLoad {
  capture(action: () => void): string;
}

/** Lines of the library's log that are below warnings, and those that only accompany them. */
const greeting = /^I\d{4} |^WARNING: All log messages before absl::InitializeLog|^To enable the following instructions/;

/** What remains of a log without the greetings. */
function withoutGreetings(log: string): string {
  return log
    .split(/(?<=\n)/)
    .filter((line) => !greeting.test(line))
    .join("");
}

/** Runs `load` with the greetings held back, where the addon lies beside the binding; otherwise just runs it. */
export function loadQuietly(binding: string, load: () => void): void {
  const addon = join(dirname(binding), "quiet_load.node");
  if (!existsSync(addon)) return load();
  const { capture } = requireModule(addon) as QuietLoad;
  const log = withoutGreetings(capture(load));
  if (log) process.stderr.write(log);
}
