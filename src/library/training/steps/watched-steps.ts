import { type Plan, UnsupportedStep } from "../../engine/compile";
import type { CompiledSteps } from "./compiled-steps";
import type { PlanDecision } from "./plan";
import type { StepRunner, StepsReport } from "./runner";

export interface WatchedStepsOptions extends PlanDecision {
  readonly compiled: (plan: Plan) => CompiledSteps;
  readonly eager: () => StepRunner;
  /** Is told why steps run op by op from now on; may throw instead. */
  readonly onUnsupported: (error: UnsupportedStep) => void;
}

/**
 * Replays steps as long as the recording is true: at each pass but the first (and there too after `doubt`) the step is
 * recorded again, so that a number of JavaScript that has changed in between (a callback, a closure) is noticed; from
 * there on steps run op by op.
 */
export class WatchedSteps implements StepRunner {
  readonly report: StepsReport;
  private compiled: CompiledSteps | undefined;
  private current: StepRunner;
  private doubted = false;

  constructor(private readonly options: WatchedStepsOptions) {
    const { plan, reason } = options;
    this.report = { plan, reason, steps: 0, elapsedMs: 0 };
    this.current = (plan !== "eager" && this.attempt(() => this.compile(plan))) || this.fallBack();
  }

  begin(pass: number, from = 0): void {
    const { compiled } = this;
    if (compiled && this.doubted && !this.attempt(() => (compiled.recheck(), true))) this.giveUp(this.report.reason);
    this.doubted = true;
    this.current.begin(pass, from);
  }

  /** Says that code of the user's has run since the recording. */
  doubt(): void {
    this.doubted = true;
  }

  /** Runs op by op from the next pass on. */
  giveUp(reason: string): void {
    this.current.dispose();
    this.current = this.fallBack();
    this.report.reason = reason;
  }

  run(count: number): number {
    const started = performance.now();
    const ran = this.current.run(count);
    this.report.elapsedMs += performance.now() - started;
    this.report.steps += ran;
    return ran;
  }

  dispose(): void {
    this.current.dispose();
  }

  private compile(plan: Plan): StepRunner {
    this.compiled = this.options.compiled(plan);
    this.report.compiled = this.compiled.explain();
    return this.compiled;
  }

  private fallBack(): StepRunner {
    this.compiled = undefined;
    this.report.plan = "eager";
    return this.options.eager();
  }

  /** The result of `body`; undefined when it finds that the step cannot be replayed. */
  private attempt<T>(body: () => T): T | undefined {
    try {
      return body();
    } catch (error) {
      if (!(error instanceof UnsupportedStep)) throw error;
      this.options.onUnsupported(error);
      this.report.reason = error.message;
      return undefined;
    }
  }
}
