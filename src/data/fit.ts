import { bytesOf, imagesInMemory, isSameShape, pixelsOf } from './image-set.js';
import type { ImageSet, ImageShape } from './image-set.js';
import type { Picture } from './pictures/picture.js';
import type { ReadOptions } from './read-options.js';

/** The shape that images of another get by `--size` and `--color`. */
function wantedShape(
  [height, width, channels]: ImageShape,
  { size, color }: ReadOptions,
): ImageShape {
  return [size ?? height, size ?? width, color === undefined ? channels : color === 'rgb' ? 3 : 1];
}

/** Brings the images of both parts into the shape that `--size` and `--color` ask for. */
export function fitSet(
  { train, test }: { readonly train: ImageSet; readonly test?: ImageSet },
  options: ReadOptions,
): { train: ImageSet; test?: ImageSet } {
  return { train: fitImages(train, options), ...(test && { test: fitImages(test, options) }) };
}

function fitImages(set: ImageSet, options: ReadOptions): ImageSet {
  const { shape, count, labels, classes } = set;
  const wanted = wantedShape(shape, options);
  if (isSameShape(shape, wanted)) return set;
  const [height, width, channels] = shape;
  const pixels = new Uint8Array(count * bytesOf(wanted));
  for (let k = 0; k < count; k++) {
    const picture = { width, height, channels: channels as 1 | 3, pixels: pixelsOf(set, k, 1) };
    pixels.set(fitPicture(picture, wanted), k * bytesOf(wanted));
  }
  return imagesInMemory({ pixels, shape: wanted, classes, ...(labels && { labels }) });
}

/**
 * A picture in another shape: cropped around its middle to the shape's proportions, then scaled by a triangle filter that is as wide
 * as a result's pixel is in the picture and so leaves nothing out (what Pillow calls BILINEAR), and made gray or of three channels.
 *
 * @returns [height, width, channels]
 */
export function fitPicture(picture: Picture, [height, width, channels]: ImageShape): Uint8Array {
  const colored = channels === 1 ? grayOf(picture) : picture;
  const { channels: own } = colored;
  const scale = Math.min(colored.width / width, colored.height / height);
  const across = weightsOf(colored.width, scale * width, width);
  const down = weightsOf(colored.height, scale * height, height);
  const scaled =
    colored.width === width && colored.height === height
      ? colored.pixels
      : resampled(colored, across, down);
  if (own === channels) return new Uint8Array(scaled);
  const rgb = new Uint8Array(scaled.length * 3);
  for (let k = 0; k < rgb.length; k++) rgb[k] = scaled[Math.floor(k / 3)];
  return rgb;
}

/** The gray of a picture: ITU-R 601 luma in 16-bit fixed point, as Pillow and libjpeg compute it. */
export function grayOf(picture: Picture): Picture {
  if (picture.channels === 1) return picture;
  const { width, height, pixels: rgb } = picture;
  const pixels = new Uint8Array(width * height);
  for (let k = 0; k < pixels.length; k++)
    pixels[k] =
      (rgb[3 * k] * 19_595 + rgb[3 * k + 1] * 38_470 + rgb[3 * k + 2] * 7_471 + 0x8000) >> 16;
  return { width, height, channels: 1, pixels };
}

/** Of each result along an axis: the first source pixel and the weights, whose sum is 1, from it on. */
interface Weights {
  readonly first: Int32Array;
  readonly weights: readonly Float64Array[];
}

/** Those of one pair of sizes are asked for again and again. */
const known = new Map<string, Weights>();
const MOST_KNOWN = 1000;

/** @param used length of the cropped part, in the middle of `size`, that becomes `results` pixels. */
function weightsOf(size: number, used: number, results: number): Weights {
  const key = `${size} ${used} ${results}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const scale = used / results;
  const support = Math.max(1, scale);
  const start = Math.floor((size - used) / 2);
  const first = new Int32Array(results);
  const weights = Array.from({ length: results }, (_, k) => {
    const centre = start + (k + 0.5) * scale;
    const from = Math.max(start, Math.floor(centre - support));
    const to = Math.min(start + Math.ceil(used), Math.ceil(centre + support));
    const own = Float64Array.from({ length: to - from }, (_, i) =>
      Math.max(0, 1 - Math.abs(from + i + 0.5 - centre) / support),
    );
    const sum = own.reduce((all, x) => all + x, 0);
    first[k] = from;
    return own.map((x) => x / sum);
  });
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, { first, weights });
  return { first, weights };
}

/** Rows first, then columns. */
function resampled({ width, height, channels, pixels }: Picture, across: Weights, down: Weights) {
  const [columns, rows] = [across.first.length, down.first.length];
  const between = new Float32Array(height * columns * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < columns; x++) {
      const own = across.weights[x];
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let i = 0; i < own.length; i++)
          sum += own[i] * pixels[(y * width + across.first[x] + i) * channels + channel];
        between[(y * columns + x) * channels + channel] = sum;
      }
    }
  const scaled = new Uint8ClampedArray(rows * columns * channels);
  const line = columns * channels;
  for (let y = 0; y < rows; y++) {
    const own = down.weights[y];
    for (let k = 0; k < line; k++) {
      let sum = 0;
      for (let i = 0; i < own.length; i++) sum += own[i] * between[(down.first[y] + i) * line + k];
      scaled[y * line + k] = sum;
    }
  }
  return new Uint8Array(scaled.buffer);
}
