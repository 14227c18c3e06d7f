import { createHash } from 'node:crypto';
import { bytesOf, countsOf, type DataSet, type ImageSet } from './image-set.js';

/** Images read at a time. */
const CHUNK = 1000;
/** Names said in a sentence. */
const MOST_NAMED = 5;
/** A class that is so much rarer than the most frequent one is told of. */
const RARE = 20;

/** What is known of the images of a part after all of them were looked at. */
interface Looked {
  /** Digest of each image. */
  readonly digests: string[];
  /** Images of one tone. */
  readonly blank: number;
  /** Whether all pixels of all images have no colour. */
  readonly areGray: boolean;
}

/** What looks wrong with a data set, in sentences; none where nothing does. */
export function odditiesOf(set: DataSet): string[] {
  const train = look(set.train);
  const test = set.test && look(set.test);
  const all = set.train.count;
  const found: string[] = [];
  const kinds = new Set(train.digests).size;
  if (kinds === 1 && all > 1) found.push(`all ${all} training images are the same`);
  else if (kinds < all) found.push(`${all - kinds} of ${all} training images are copies of others`);
  if (train.blank > 0) found.push(`${train.blank} of ${all} training images are of one tone`);
  if (test !== undefined) {
    const known = new Set(train.digests);
    const leaked = test.digests.filter((digest) => known.has(digest)).length;
    if (leaked > 0)
      found.push(`${leaked} of ${test.digests.length} test images are among the training images`);
  }
  if (set.shape[2] === 3 && train.areGray && test?.areGray !== false)
    found.push('the images have three channels and no colour: --color gray trains on a third');
  return [...found, ...oddClasses(set.train)];
}

function oddClasses(train: ImageSet): string[] {
  const counts = countsOf(train);
  const most = Math.max(0, ...counts);
  const named = (isOdd: (count: number) => boolean): string[] =>
    train.classes.filter((_, k) => isOdd(counts[k]));
  const text = (names: readonly string[]): string =>
    names.length <= MOST_NAMED
      ? names.join(', ')
      : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`;
  const empty = named((count) => count === 0);
  const rare = named((count) => count > 0 && RARE * count < most);
  return [
    ...(empty.length > 0 ? [`no training image is of ${text(empty)}`] : []),
    ...(rare.length > 0 ? [`there are few training images of ${text(rare)}`] : []),
  ];
}

function look(set: ImageSet): Looked {
  const size = bytesOf(set.shape);
  const isColoured = set.shape[2] === 3;
  const digests: string[] = [];
  let blank = 0;
  let areGray = isColoured;
  for (let from = 0; from < set.count; from += CHUNK) {
    const count = Math.min(CHUNK, set.count - from);
    const pixels = new Uint8Array(count * size);
    set.read(
      Uint32Array.from({ length: count }, (_, k) => from + k),
      pixels,
    );
    for (let k = 0; k < count; k++) {
      const image = pixels.subarray(k * size, (k + 1) * size);
      digests.push(createHash('sha1').update(image).digest('base64'));
      if (image.every((byte) => byte === image[0])) blank++;
      areGray &&= hasNoColour(image);
    }
  }
  return { digests, blank, areGray };
}

function hasNoColour(image: Uint8Array): boolean {
  for (let k = 0; k < image.length; k += 3)
    if (image[k] !== image[k + 1] || image[k] !== image[k + 2]) return false;
  return true;
}
