/** Runs the steps that are not done yet, in order, one set-up at a time. */
import { startStep } from "../../src/library/setup/console.mjs";
import { withLock } from "./lock.mjs";
import { problemFromOutput, SetupProblem } from "../../src/library/setup/problem.mjs";
import { markBegun, readStamp, wasCutShort, writeStamp } from "./stamps.mjs";
import { build } from "./steps/build.mjs";
import { compilerCommand } from "./steps/compiler-command.mjs";
import { kernelspecStep } from "./steps/kernelspec.mjs";
import { nativeIsWanted, nativeLibrary } from "./steps/native-library.mjs";
import { nodePackages } from "./steps/node-packages.mjs";
import { pythonEnvironmentStep } from "./steps/python-environment.mjs";
import { pythonPackages } from "./steps/python-packages.mjs";

/**
 * A step: `key()` hashes its inputs, `intact()` sees whether what it made is still there, `adopt(stamp)` (optional)
 * whether what is there will do all the same, and `run({ detail })` does it and resolves to a `note` for the console.
 */
export const nodeSteps = [nodePackages, compilerCommand];
export const buildSteps = [...nodeSteps, build];
export const allSteps = [
  ...nodeSteps,
  ...[pythonEnvironmentStep, pythonPackages, nativeLibrary],
  ...[build, kernelspecStep],
];

/** Whether there is nothing left to do for a step. */
export function isDone(step) {
  if (step === nativeLibrary && !nativeIsWanted()) return true;
  return readStamp(step.id)?.key === step.key() && step.intact();
}

async function perform(step) {
  if (!wasCutShort(step.id) && step.adopt?.(readStamp(step.id))) return writeStamp(step.id, { key: step.key() });
  const display = startStep(step.title);
  markBegun(step.id);
  try {
    const { note } = await step.run(display);
    writeStamp(step.id, { key: step.key(), note });
    display.done(note);
  } catch (error) {
    display.fail();
    throw error instanceof SetupProblem ? error : unexpected(step, error);
  }
}

function unexpected(step, error) {
  const known = /ENOSPC|EACCES|EPERM|EROFS/.test(error.code ?? "");
  return problemFromOutput(
    `${step.title}: ${error.message}`,
    known ? error.message : String(error.stack),
    "If running the command again does not help, this is a fault of the set-up: please report it.",
  );
}

/** Does what is left of `steps`; resolves to whether anything was done. */
export async function setUp(steps = allSteps) {
  if (steps.every(isDone)) return false;
  const onWait = ({ pid }) => process.stderr.write(`- Another set-up is running (process ${pid}): waiting for it …\n`);
  const started = () => process.stderr.write("Setting up (only what is missing or has changed):\n");
  return withLock(
    async () => {
      let told = false;
      for (const step of steps) {
        if (isDone(step)) continue;
        if (!told) started();
        told = true;
        await perform(step);
      }
      return told;
    },
    { onWait },
  );
}
