import { createHash, type Hash } from 'node:crypto';
import { UserError } from '../errors.js';
import { idxImagesHeader, idxLabelBytes, idxLabelsHeader, idxName } from './idx.js';
import { isSameShape, pixelsOf, shapeText, type DataSet, type ImageSet } from './image-set.js';

/** The most images of a part, so that memory has a bound. `gan-mnist dataset` writes no more. */
export const MAXIMUM_IMAGES = 1_000_000;
/** The most classes: as many as Stacked MNIST and ImageNet have. */
export const MAXIMUM_CLASSES = 1000;
/** Sides of images in pixels: two convolutions of stride 2 halve them twice. */
const SIDES = { multipleOf: 4, min: 8, max: 64 } as const;

/** Whether networks here take images of such a side. */
export const isSide = (side: number): boolean =>
  side % SIDES.multipleOf === 0 && side >= SIDES.min && side <= SIDES.max;

const PARTS = ['train', 't10k'] as const;
/** Images of which the digest is taken at once. */
const CHUNK = 10_000;

/** The parts of a data set and what is known of them. */
export type Parts = Omit<DataSet, 'shape' | 'classes' | 'digests'>;

/**
 * A data set of those parts. Its digests are computed when they are first asked for: that takes longer than loading.
 *
 * @throws UserError where the parts do not belong together, or are of a shape or number that networks here cannot take.
 */
export function dataSet(parts: Parts): DataSet {
  const { train, test, source } = parts;
  checkShape(train, source);
  checkCounts(train, `the training images of ${source}`);
  if (test !== undefined) {
    checkCounts(test, `the test images of ${source}`);
    if (!isSameShape(train.shape, test.shape))
      throw new UserError(
        `${source}: the training images are ${shapeText(train.shape)} and the test images ${shapeText(test.shape)}; expected the same`,
      );
  }
  let digests: Record<string, string> | undefined;
  return {
    ...parts,
    shape: train.shape,
    classes: train.classes,
    get digests() {
      digests ??= Object.assign({}, ...PARTS.map((part, k) => digestsOf([train, test][k], part)));
      return digests!;
    },
  };
}

/** Names for classes that are only numbered: as many as the largest label asks for. */
export function numberedClasses(...labels: readonly (ArrayLike<number> | undefined)[]): string[] {
  let largest = -1;
  for (const some of labels)
    for (let k = 0; k < (some?.length ?? 0); k++) largest = Math.max(largest, some![k]);
  return Array.from({ length: largest + 1 }, (_, k) => String(k));
}

/** SHA-256 of a part's images and labels as IDX files, by name. */
function digestsOf(
  set: ImageSet | undefined,
  part: (typeof PARTS)[number],
): Record<string, string> {
  if (set === undefined) return {};
  const { shape, count, labels, classes } = set;
  const images = sha256(idxImagesHeader(count, shape));
  for (let from = 0; from < count; from += CHUNK)
    images.update(pixelsOf(set, from, Math.min(CHUNK, count - from)));
  const name = (content: 'images' | 'labels'): string =>
    idxName(part, content, shape, classes.length);
  if (labels === undefined) return { [name('images')]: images.digest('hex') };
  const ofLabels = sha256(idxLabelsHeader(count, classes.length));
  ofLabels.update(idxLabelBytes(labels, classes.length));
  return { [name('images')]: images.digest('hex'), [name('labels')]: ofLabels.digest('hex') };
}

const sha256 = (bytes: Uint8Array): Hash => createHash('sha256').update(bytes);

function checkShape({ shape }: ImageSet, source: string): void {
  const { multipleOf, min, max } = SIDES;
  const [height, width, channels] = shape;
  if (!isSide(height) || !isSide(width) || (channels !== 1 && channels !== 3))
    throw new UserError(
      `${source} has images of ${shapeText(shape)} pixels; expected sides from ${min} to ${max} that are multiples of ${multipleOf}: --size ${nearestSide(Math.max(height, width))} scales them`,
    );
}

const nearestSide = (side: number): number => {
  const { multipleOf, min, max } = SIDES;
  return Math.min(max, Math.max(min, Math.round(side / multipleOf) * multipleOf));
};

function checkCounts({ count, labels = new Uint16Array(), classes }: ImageSet, what: string): void {
  if (count > MAXIMUM_IMAGES)
    throw new UserError(`${what} are ${count}; expected at most ${MAXIMUM_IMAGES}`);
  if (classes.length > MAXIMUM_CLASSES)
    throw new UserError(
      `${what} are of ${classes.length} classes; expected at most ${MAXIMUM_CLASSES}`,
    );
  const wrong = labels.findIndex((label) => label >= classes.length);
  if (wrong >= 0)
    throw new UserError(
      `${what}: label ${wrong + 1} of ${count} is ${labels[wrong]}; expected one of the ${classes.length} classes, 0 to ${classes.length - 1}`,
    );
}
