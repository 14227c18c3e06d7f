/**
 * Of the run's time, what drawing may take in all before its end. The last drawing, which is not asked for, takes 0.7 s after a few
 * epochs and 1.5 s after hundreds, so that from a minute and a half on a run spends less than 3% on all of it.
 */
const SHARE = 0.01;
/** What the first drawing is expected to take: it loads the libraries. */
const FIRST_SECONDS = 1;

/** Keeps the drawing of a running training below 1% of its wall time: it is due when its expected cost fits in. */
export class DrawingBudget {
  private readonly began: number;
  private spentSeconds = 0;
  private expectedSeconds = FIRST_SECONDS;

  /** @param now seconds of a clock that never runs backwards. */
  constructor(private readonly now: () => number = () => performance.now() / 1000) {
    this.began = now();
  }

  /** Draws if it is due, and says whether it did. */
  async draw(drawing: () => Promise<unknown>): Promise<boolean> {
    const start = this.now();
    if (this.spentSeconds + this.expectedSeconds > SHARE * (start - this.began)) return false;
    await drawing();
    this.expectedSeconds = this.now() - start;
    this.spentSeconds += this.expectedSeconds;
    return true;
  }
}
