/** Chooses how many steps to run before looking around (progress, interrupts), so that a call lasts about `targetMs`. */
export class ChunkSize {
  private size = 1;

  constructor(private readonly targetMs = 100) {}

  get steps(): number {
    return this.size;
  }

  /** Learns from a call that ran `steps` steps. The size grows at most fourfold, since first steps are slow. */
  observe(steps: number, elapsedMs: number): void {
    if (steps < this.size) return;
    const wanted = (this.targetMs * steps) / Math.max(elapsedMs, 0.01);
    this.size = Math.max(1, Math.floor(Math.min(wanted, this.size * 4)));
  }
}
