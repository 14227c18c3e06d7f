import { imagesInMemory, type LabelledDataSet, type LabelledSet } from '../data/image-set.js';
import { Random } from '../data/random.js';
import { STACKED_CHANNELS, stackedClasses, stackedLabel, stackImages } from '../data/stacked.js';
import { UserError } from '../errors.js';
import { MAXIMUM_CLASSES } from '../data/data-set.js';
import { forEachPart, type Layout, type Part } from './format.js';

/** As many as Lin et al., "PacGAN" (arXiv 1712.04086), train on and judge. */
const STACKED_COUNTS: Readonly<Record<Part, number>> = { train: 128_000, test: 26_000 };

/** Images handed on at a time: memory stays small. */
const BLOCK = 5000;

/** A set whose images are three gray ones of another set as red, green and blue, before they are read. */
export interface Stack extends Layout {
  readonly blocks: (part: Part) => Generator<LabelledSet>;
}

/**
 * Stacked MNIST (Metz et al., "Unrolled Generative Adversarial Networks", arXiv 1611.02163, section 3.3.1), the yardstick for lost modes:
 * each channel of an image is drawn from all of the set's images by itself, those of the test part from its test images.
 *
 * @param counts of images in each part.
 * @param seed of what is drawn: the same seed, the same set.
 * @throws UserError for images with colours, or of so many classes that there would be too many stacked ones.
 */
export function stackOf(
  { train, test, shape, classes, source }: LabelledDataSet,
  seed: number,
  counts = STACKED_COUNTS,
): Stack {
  const [height, width, channels] = shape;
  if (channels !== 1)
    throw new UserError(`--stack: ${source} has images with colours, expected gray ones`);
  const names = stackedClasses(classes);
  if (names.length > MAXIMUM_CLASSES)
    throw new UserError(
      `--stack: ${source} has ${classes.length} classes, which would be ${names.length}, expected at most ${MAXIMUM_CLASSES}`,
    );
  const of = { train, test };
  const places = forEachPart((part) => {
    const random = new Random(seed, `stacked ${part}`);
    return Uint32Array.from({ length: counts[part] * STACKED_CHANNELS }, () =>
      random.below(of[part].count),
    );
  });
  const labels = forEachPart((part) =>
    Uint16Array.from({ length: counts[part] }, (_, k) =>
      stackedLabel(
        Array.from(channelsOf(places[part], k), (place) => of[part].labels[place]),
        classes.length,
      ),
    ),
  );
  const stacked = [height, width, STACKED_CHANNELS] as const;
  return {
    shape: stacked,
    classes: names,
    counts: forEachPart((part) => {
      const histogram = new Array<number>(names.length).fill(0);
      for (const label of labels[part]) histogram[label]++;
      return histogram;
    }),
    *blocks(part) {
      for (let from = 0; from < counts[part]; from += BLOCK) {
        const to = Math.min(from + BLOCK, counts[part]);
        const own = places[part].subarray(from * STACKED_CHANNELS, to * STACKED_CHANNELS);
        yield imagesInMemory({
          pixels: stackImages(of[part], own),
          shape: stacked,
          classes: names,
          labels: labels[part].subarray(from, to),
        }) as LabelledSet;
      }
    },
  };
}

const channelsOf = (places: Uint32Array, image: number): Uint32Array =>
  places.subarray(image * STACKED_CHANNELS, (image + 1) * STACKED_CHANNELS);
