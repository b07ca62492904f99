import { type Plan, UnsupportedStep } from "../../engine/compile";
import type { CompiledSteps } from "./compiled-steps";
import type { PlanDecision } from "./plan";
import type { StepRunner, StepsReport } from "./runner";

export interface WatchedStepsOptions extends PlanDecision {
  readonly compiled: (plan: Plan) => Promise<CompiledSteps>;
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

  private constructor(private readonly options: WatchedStepsOptions) {
    this.report = { plan: "eager", reason: options.reason, steps: 0, elapsedMs: 0 };
    this.current = options.eager();
  }

  /** Records the step where that is asked for. */
  static async start(options: WatchedStepsOptions): Promise<WatchedSteps> {
    const steps = new WatchedSteps(options);
    if (options.plan !== "eager") await steps.compile(options.plan);
    return steps;
  }

  begin(pass: number, from = 0): void {
    const { compiled } = this;
    if (compiled && this.doubted && !this.stillTrue(compiled)) this.giveUp(this.report.reason);
    this.doubted = true;
    this.current.begin(pass, from);
  }

  ready(count: number): Promise<void> | undefined {
    return this.current.ready?.(count);
  }

  /** Says that code of the user's has run since the recording. */
  doubt(): void {
    this.doubted = true;
  }

  /** Runs op by op from the next pass on. */
  giveUp(reason: string): void {
    if (this.compiled) this.compiled.discard();
    else this.current.dispose();
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

  private async compile(plan: Plan): Promise<void> {
    try {
      this.compiled = await this.options.compiled(plan);
    } catch (error) {
      return this.cannotReplay(error);
    }
    this.current = this.compiled;
    this.report.plan = plan;
    this.report.compiled = this.compiled.explain();
  }

  private fallBack(): StepRunner {
    this.compiled = undefined;
    this.report.plan = "eager";
    return this.options.eager();
  }

  private stillTrue(compiled: CompiledSteps): boolean {
    try {
      compiled.recheck();
      return true;
    } catch (error) {
      this.cannotReplay(error);
      return false;
    }
  }

  /** Notes that the step cannot be replayed; throws what has another reason. */
  private cannotReplay(error: unknown): void {
    if (!(error instanceof UnsupportedStep)) throw error;
    this.options.onUnsupported(error);
    this.report.reason = error.message;
  }
}
