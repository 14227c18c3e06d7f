import type { DataSet, ImageSet } from '../data/image-set.js';
import { firstImages, onlyClass } from '../data/parts.js';
import { UserError } from '../errors.js';
import type { RunOptions } from '../gan/options.js';

/**
 * The images that a run trains on.
 *
 * @throws UserError where there is none of its digit, or fewer than its limit.
 */
export function trainingImages({ digit, limit }: RunOptions, { train: all }: DataSet): ImageSet {
  const images = digit === undefined ? all : onlyClass(all, digit);
  if (limit === undefined) return images;
  if (limit > images.count)
    throw new UserError(
      `--limit: found ${limit}, expected a whole number from 1 to ${images.count}, the images that there are${digit === undefined ? '' : ` of ${all.classes[digit]}`}`,
    );
  return firstImages(images, limit);
}
