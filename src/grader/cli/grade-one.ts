/** Grades one submission, for `queue/child.ts`; ends when its standard input does. */
import { noContainment } from "../sandbox/containment";
import { bubblewrap } from "../sandbox/bubblewrap";
import type { ChildMessage } from "../queue/child";
import { doJob, type GradingJob } from "../queue/job";

const tell = (message: ChildMessage): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

async function main([text, containment]: readonly string[]): Promise<void> {
  const job = JSON.parse(text!) as GradingJob;
  const controller = new AbortController();
  process.stdin.on("end", () => controller.abort("interrupted")).resume();
  try {
    const result = await doJob(job, {
      containment: containment === "no-sandbox" ? noContainment : bubblewrap(),
      signal: controller.signal,
      onEvent: (event) =>
        event.event === "cell" && tell({ progress: `cell ${event.cell}: ${event.line.slice(0, 60)}` }),
    });
    if (!controller.signal.aborted) tell({ done: result });
  } catch (error) {
    tell({ failed: (error as Error).message });
  }
  process.exitCode = controller.signal.aborted ? 130 : 0;
  process.stdin.destroy();
}

void main(process.argv.slice(2));
