import type { ImageShape } from '../data/image-set.js';
import { UserError } from '../errors.js';
import type { DigitSource, LabelReport } from './digit-source.js';
import type { LatentStream } from './latent-stream.js';

/** Images of models that were each trained on one digit: the label is that digit. */
export class PerDigitSource implements DigitSource {
  private drawn = 0;

  /** @param streams one for each digit that there is a model of; at least one. */
  constructor(private readonly streams: ReadonlyMap<number, LatentStream>) {}

  get shape(): ImageShape {
    const [first] = this.streams.values();
    return first.shape;
  }

  get digits(): readonly number[] {
    return [...this.streams.keys()];
  }

  async draw(digit: number, count: number): Promise<Uint8Array> {
    const stream = this.streams.get(digit);
    if (stream === undefined)
      throw new UserError(
        `the run has no model of the digit ${digit}, expected one of ${this.digits.join(', ')}`,
      );
    this.drawn += count;
    return stream.draw(count);
  }

  labels(): LabelReport {
    return { source: 'model', drawn: this.drawn };
  }
}
