import type { ImageShape } from '../data/image-set.js';

/** Where labelled synthetic images come from: run after run of {@link DigitSource.draw}, without end. */
export interface DigitSource {
  /** Of an image. */
  readonly shape: ImageShape;
  /** The digits, or classes by their numbers, that it can make. */
  readonly digits: readonly number[];
  /**
   * The next images of a digit.
   *
   * @returns bytes [count, height, width, channels].
   * @throws UserError for a digit that it cannot make; RunError where it hardly ever comes; the signal's reason.
   */
  draw(digit: number, count: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** How the labels of all images so far came about. */
  labels(): LabelReport;
}

/** Where labels are from, and what it cost. */
export type LabelReport =
  | {
      /** The digit that a model was trained on, and nothing else. */
      readonly source: 'model';
      readonly drawn: number;
    }
  | {
      /** What a classifier, trained on real digits, took the images for. */
      readonly source: 'classifier';
      /** SHA-256 of its weights. */
      readonly digest: string;
      /** Its own accuracy on real test images. */
      readonly testAccuracy: number;
      /** Images of which it was less sure were thrown away. */
      readonly minConfidence: number;
      readonly drawn: number;
      readonly rejected: number;
      readonly rejectedShare: number;
      /** Of all images drawn, how many it took for each digit with enough confidence. */
      readonly accepted: readonly number[];
      /** Accepted, of digits of which there were enough. */
      readonly surplus: number;
    };
