import { bytesOf, type ImageShape } from '../data/image-set.js';
import { RunError } from '../errors.js';
import type { DigitSource, LabelReport } from './digit-source.js';
import type { KeptClassifier } from '../classifier/kept.js';
import type { LatentStream } from './latent-stream.js';

export interface LabellingOptions {
  /** Images of which the classifier is less sure are thrown away. */
  readonly minConfidence: number;
  /** A digit that is rarer than `rarest` after this many images is given up. */
  readonly patience?: number;
}

/** Images drawn at a time. */
const CHUNK = 500;
/** Images kept of a digit that is not asked for now: memory stays small however uneven the model is. */
const MOST_WAITING = 5000;
const PATIENCE = 20_000;
/** Of an even share of all images: a class rarer than this would take a hundred times as many images. */
const RAREST = 0.01;

/** Images of a model of all digits, labelled by a classifier. */
export class LabelledSource implements DigitSource {
  readonly digits: readonly number[];
  /** Images by digit, in the order in which they came. */
  private readonly waiting: Uint8Array[][];
  private readonly accepted: number[];
  private drawn = 0;
  private rejected = 0;
  private used = 0;

  constructor(
    private readonly stream: LatentStream,
    private readonly kept: KeptClassifier,
    private readonly options: LabellingOptions,
  ) {
    this.digits = Array.from({ length: kept.classifier.classes }, (_, label) => label);
    this.waiting = this.digits.map(() => []);
    this.accepted = this.digits.map(() => 0);
  }

  get shape(): ImageShape {
    return this.stream.shape;
  }

  async draw(digit: number, count: number, signal?: AbortSignal): Promise<Uint8Array> {
    const size = bytesOf(this.shape);
    const images = new Uint8Array(count * size);
    for (let k = 0; k < count; k++) {
      while (this.waiting[digit].length === 0) {
        signal?.throwIfAborted();
        await this.refill(digit);
      }
      images.set(this.waiting[digit].shift()!, k * size);
    }
    this.used += count;
    return images;
  }

  labels(): LabelReport {
    const { drawn, rejected, accepted, used, kept } = this;
    return {
      source: 'classifier',
      digest: kept.digest,
      testAccuracy: kept.description.testAccuracy,
      minConfidence: this.options.minConfidence,
      drawn,
      rejected,
      rejectedShare: drawn === 0 ? 0 : rejected / drawn,
      accepted: [...accepted],
      surplus: drawn - rejected - used,
    };
  }

  /** Draws and labels some images, for a digit of which there are none left. */
  private async refill(wanted: number): Promise<void> {
    const { accepted, drawn } = this;
    if (
      drawn >= (this.options.patience ?? PATIENCE) &&
      accepted[wanted] < (RAREST * drawn) / this.digits.length
    ) {
      throw new RunError(
        `the model hardly ever makes the digit ${wanted}: ${accepted[wanted]} of ${drawn} images drawn were taken for one with a confidence of at least ${this.options.minConfidence}; train longer or per digit, ask for none of it with --counts, or lower --min-confidence`,
      );
    }
    const size = bytesOf(this.shape);
    const images = await this.stream.draw(CHUNK);
    const { labels, confidences } = await this.kept.classifier.classify(images);
    this.drawn += CHUNK;
    labels.forEach((digit, k) => {
      if (confidences[k] < this.options.minConfidence) {
        this.rejected++;
        return;
      }
      accepted[digit]++;
      if (this.waiting[digit].length < MOST_WAITING)
        this.waiting[digit].push(images.slice(k * size, (k + 1) * size));
    });
  }
}
