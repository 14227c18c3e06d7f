import type { UnfinishedEpoch } from '../runs/checkpoint.js';
import type { LogRow } from '../runs/log.js';
import type { Losses } from '../gan/step.js';

const NONE: UnfinishedEpoch = {
  steps: 0,
  sums: { discriminatorLoss: 0, generatorLoss: 0 },
  last: { discriminatorLoss: 0, generatorLoss: 0 },
  seconds: 0,
};

/** Adds up an epoch's losses; serialisable, since an epoch may be interrupted. */
export class Epoch {
  private readonly startedAt = performance.now();

  private constructor(private so: UnfinishedEpoch) {}

  /** @param so what an interrupted epoch had come to. */
  static begin(so: UnfinishedEpoch = NONE): Epoch {
    return new Epoch(so);
  }

  get steps(): number {
    return this.so.steps;
  }

  add(last: Losses): void {
    const { steps, sums, seconds } = this.so;
    this.so = {
      steps: steps + 1,
      sums: {
        discriminatorLoss: sums.discriminatorLoss + last.discriminatorLoss,
        generatorLoss: sums.generatorLoss + last.generatorLoss,
      },
      last,
      seconds,
    };
  }

  /** What it has come to, the seconds up to now included. */
  unfinished(): UnfinishedEpoch {
    return { ...this.so, seconds: this.so.seconds + (performance.now() - this.startedAt) / 1000 };
  }

  /** The finished epoch's line of the log. */
  row(epoch: number, step: number, batchSize: number, diversity: number | undefined): LogRow {
    const { steps, sums, last, seconds } = this.unfinished();
    return {
      epoch,
      step,
      discriminatorLoss: sums.discriminatorLoss / steps,
      generatorLoss: sums.generatorLoss / steps,
      lastDiscriminatorLoss: last.discriminatorLoss,
      lastGeneratorLoss: last.generatorLoss,
      ...(diversity === undefined ? {} : { diversity }),
      seconds,
      imagesPerSecond: (steps * batchSize) / seconds,
      time: new Date().toISOString(),
    };
  }
}
