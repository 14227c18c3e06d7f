const WINDOW_SECONDS = 30;
const SAMPLE_SECONDS = 0.5;

/**
 * Steps a second as a moving average over the last 30 seconds. It covers whole epochs of the usual length, so that what is
 * done between epochs (pictures, checkpoints) counts in the time left.
 */
export class Rate {
  private readonly samples: { seconds: number; steps: number }[] = [];

  /** @param seconds of a clock that never runs backwards; @param steps done in all since the run began. */
  add(seconds: number, steps: number): void {
    const newest = this.samples.at(-1);
    if (newest !== undefined && seconds - newest.seconds < SAMPLE_SECONDS) return;
    this.samples.push({ seconds, steps });
    while (this.samples.length > 2 && seconds - this.samples[1].seconds >= WINDOW_SECONDS) {
      this.samples.shift();
    }
  }

  /** Steps a second, or undefined while half a second has not passed. */
  stepsPerSecond(): number | undefined {
    const [oldest] = this.samples;
    const newest = this.samples.at(-1);
    if (oldest === undefined || newest === undefined || newest.steps === oldest.steps) return;
    return (newest.steps - oldest.steps) / (newest.seconds - oldest.seconds);
  }
}
