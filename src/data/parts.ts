import { UserError } from '../errors.js';
import { quantity } from '../names.js';
import { bytesOf, imagesInMemory, pixelsOf, type ImageSet } from './image-set.js';

/**
 * The first n images of a set.
 *
 * @throws UserError when n is not from 1 to the set's count.
 */
export function firstImages<Set extends ImageSet>(set: Set, n: number): Set {
  if (!Number.isInteger(n) || n < 1 || n > set.count) {
    throw new UserError(
      `${n === 1 ? 'the first image was' : `the first ${n} images were`} asked for; expected a whole number from 1 to ${set.count}, ` +
        `the images there are`,
    );
  }
  return sliceOf(set, 0, n);
}

/** So many images from one on. */
export function sliceOf<Set extends ImageSet>(set: Set, from: number, count: number): Set {
  return selectImages(set, { from, count }) as Set;
}

/**
 * The images of some classes, in their order.
 *
 * @param classes indices; absent for all images.
 * @throws UserError where a class is none of the set's, or the set has no image of any of them.
 */
export function ofClasses<Set extends ImageSet>(
  set: Set,
  classes: readonly number[] | undefined,
): Set {
  if (classes === undefined) return set;
  const { labels = new Uint16Array(), count } = set;
  const wrong = classes.find((one) => set.classes[one] === undefined);
  if (wrong !== undefined)
    throw new UserError(
      `there is no ${wrong} among the ${quantity(count, 'images')}; expected ${set.classes.length === 0 ? 'a set with labels' : `a class from 0 to ${set.classes.length - 1}`}`,
    );
  const places = Uint32Array.from([...labels.keys()].filter((k) => classes.includes(labels[k])));
  if (places.length === 0) {
    const names = classes.map((one) => set.classes[one]).join(', ');
    throw new UserError(
      `there is ${classes.length === 1 ? `no ${names}` : `none of ${names}`} among the ${quantity(count, 'images')}; expected at least 1`,
    );
  }
  return selectImages(set, places) as Set;
}

/** The images of one class. @throws as {@link ofClasses}. */
export const onlyClass = <Set extends ImageSet>(set: Set, one: number): Set =>
  ofClasses(set, [one]);

/**
 * The first images of some classes.
 *
 * @param most images at most.
 * @throws as {@link ofClasses}.
 */
export function partOf<Set extends ImageSet>(
  set: Set,
  classes: readonly number[] | undefined,
  most: number,
): Set {
  const chosen = ofClasses(set, classes);
  return firstImages(chosen, Math.min(most, chosen.count));
}

/** @param places of images in the set, in the order in which the new set has them; or those from one on. */
export function selectImages(
  set: ImageSet,
  places: Uint32Array | { readonly from: number; readonly count: number },
): ImageSet {
  const { shape, classes, labels } = set;
  if (!(places instanceof Uint32Array) && 'pixels' in set) {
    // Bytes in memory are shared, not copied.
    const { from, count } = places;
    return imagesInMemory({
      pixels: pixelsOf(set, from, count),
      shape,
      classes,
      ...(labels && { labels: labels.subarray(from, from + count) }),
    });
  }
  const chosen =
    places instanceof Uint32Array
      ? places
      : Uint32Array.from({ length: places.count }, (_, k) => places.from + k);
  const own = labels && Uint16Array.from(chosen, (place) => labels[place]);
  if ('pixels' in set) {
    const pixels = new Uint8Array(chosen.length * bytesOf(shape));
    set.read(chosen, pixels);
    return imagesInMemory({ pixels, shape, classes, ...(own && { labels: own }) });
  }
  return {
    count: chosen.length,
    shape,
    classes,
    ...(own && { labels: own }),
    read: (indices, into) =>
      set.read(
        Uint32Array.from(indices, (k) => chosen[k]),
        into,
      ),
  };
}
