import type { DigitSource } from '../../src/labelled/digit-source.js';

/** Images that say what they are: the first pixel is the digit, the next three a number that no other image has. */
export function numberedSource(failAfter = Infinity): DigitSource {
  let next = 0;
  return {
    shape: [28, 28, 1],
    digits: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    draw: async (digit, count) => {
      const images = new Uint8Array(count * 784);
      for (let k = 0; k < count; k++, next++) {
        if (next >= failAfter) throw new Error('the source failed');
        images.set([digit, next >> 16, (next >> 8) & 255, next & 255], k * 784);
      }
      return images;
    },
    labels: () => ({ source: 'model', drawn: next }),
  };
}

/** The digit and the number of an image of {@link numberedSource}. */
export const readNumbered = (image: ArrayLike<number>): { digit: number; number: number } => ({
  digit: image[0],
  number: (image[1] << 16) | (image[2] << 8) | image[3],
});
