import { bytesOf, type ImageShape, type LabelledSet } from './image-set.js';

/** Channels of a stacked image: red, green and blue. */
export const STACKED_CHANNELS = 3;

/** The names of the classes of stacked images, the first channel's changing slowest: 000 to 999 for digits. */
export function stackedClasses(classes: readonly string[]): string[] {
  const separator = classes.every((name) => name.length === 1) ? '' : '-';
  let names: string[] = [...classes];
  for (let channel = 1; channel < STACKED_CHANNELS; channel++)
    names = names.flatMap((start) => classes.map((end) => `${start}${separator}${end}`));
  return names;
}

/** The class of a stacked image from those of its channels. */
export const stackedLabel = (labels: ArrayLike<number>, classes: number): number =>
  Array.prototype.reduce.call(
    labels,
    (sum, label) => (sum as number) * classes + (label as number),
    0,
  ) as number;

/**
 * Stacked images of a set.
 *
 * @param places [3 n]: of each image's channels in the set.
 * @returns bytes [n, height, width, 3].
 */
export function stackImages(set: LabelledSet, places: Uint32Array): Uint8Array {
  const gray = bytesOf(set.shape);
  const channels = new Uint8Array(places.length * gray);
  set.read(places, channels);
  const stacked = new Uint8Array(channels.length);
  for (let k = 0; k < channels.length; k++) {
    const [place, pixel] = [Math.floor(k / gray), k % gray];
    const image = Math.floor(place / STACKED_CHANNELS);
    stacked[(image * gray + pixel) * STACKED_CHANNELS + (place % STACKED_CHANNELS)] = channels[k];
  }
  return stacked;
}

/** The channels of stacked images [n, height, width, 3] as gray ones [3 n, height, width, 1], those of an image one after another. */
export function unstackImages(images: Uint8Array, [height, width]: ImageShape): Uint8Array {
  const gray = height * width;
  const channels = new Uint8Array(images.length);
  for (let k = 0; k < images.length; k++) {
    const [pixel, channel] = [Math.floor(k / STACKED_CHANNELS), k % STACKED_CHANNELS];
    const image = Math.floor(pixel / gray);
    channels[(image * STACKED_CHANNELS + channel) * gray + (pixel % gray)] = images[k];
  }
  return channels;
}

/** Of each class of stacked images, its share where channels are drawn from a set independently, each image equally often. */
export function stackedShares({ labels, classes, count }: LabelledSet): Float64Array {
  const one = new Float64Array(classes.length);
  for (const label of labels) one[label] += 1 / count;
  let shares = one;
  for (let channel = 1; channel < STACKED_CHANNELS; channel++)
    shares = Float64Array.from(
      { length: shares.length * one.length },
      (_, k) => shares[Math.floor(k / one.length)] * one[k % one.length],
    );
  return shares;
}
