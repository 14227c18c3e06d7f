import type { Scalars } from '../gan/step.js';
import type { UnfinishedEpoch } from '../runs/checkpoint.js';
import type { LogRow } from '../runs/log.js';

const NOTHING: UnfinishedEpoch = { steps: 0, sums: {}, last: {}, seconds: 0 };

/** Adds up what an epoch's steps return, whatever its names; serialisable, since an epoch may be interrupted. */
export class Epoch {
  private readonly startedAt = performance.now();

  private constructor(private totals: UnfinishedEpoch) {}

  /** @param totals what an interrupted epoch had come to. */
  static begin(totals: UnfinishedEpoch = NOTHING): Epoch {
    return new Epoch(totals);
  }

  get steps(): number {
    return this.totals.steps;
  }

  add(last: Scalars): void {
    const { steps, sums, seconds } = this.totals;
    const added = Object.entries(last).map(([name, value]) => [name, (sums[name] ?? 0) + value]);
    this.totals = { steps: steps + 1, sums: Object.fromEntries(added) as Scalars, last, seconds };
  }

  /** What it has come to, the seconds up to now included. */
  unfinished(): UnfinishedEpoch {
    const seconds = this.totals.seconds + (performance.now() - this.startedAt) / 1000;
    return { ...this.totals, seconds };
  }

  /**
   * The finished epoch's line of the log.
   *
   * @param measures of its end.
   */
  row(epoch: number, step: number, batchSize: number, measures: Scalars): LogRow {
    const { steps, sums, last, seconds } = this.unfinished();
    const means = Object.entries(sums).map(([name, sum]) => [name, sum / steps]);
    return {
      epoch,
      step,
      scalars: Object.fromEntries(means) as Scalars,
      last,
      measures,
      seconds,
      imagesPerSecond: (steps * batchSize) / seconds,
      time: new Date().toISOString(),
    };
  }
}
