import { UserError } from '../errors.js';
import { quantity } from '../names.js';
import { dataSet } from './data-set.js';
import type { DataSet } from './image-set.js';
import { selectImages } from './parts.js';
import { Random } from './random.js';

/**
 * Sets a share of the training images aside as test images, drawn by the seed; both parts keep the order.
 *
 * @throws UserError where the set has test images, or a part would be empty.
 */
export function setAside(
  set: DataSet,
  { testShare, seed = 1 }: { readonly testShare?: number; readonly seed?: number },
): DataSet {
  if (testShare === undefined) return set;
  const { train, test, source, format, remarks, reading, stacked } = set;
  if (test !== undefined)
    throw new UserError(
      `--test-share: ${source} has ${quantity(test.count, 'test images')} of its own, expected a set without any`,
    );
  const count = Math.round(testShare * train.count);
  if (count < 1 || count >= train.count)
    throw new UserError(
      `--test-share: found ${testShare}, which is ${count} of ${quantity(train.count, 'images')}, expected at least 1 to test on and 1 to train on`,
    );
  const order = new Random(seed, 'test share').shuffled(train.count);
  const places = (from: number, to: number): Uint32Array => order.slice(from, to).sort();
  return dataSet({
    train: selectImages(train, places(count, train.count)),
    test: selectImages(train, places(0, count)),
    source,
    format,
    remarks,
    ...(reading && { reading }),
    ...(stacked && { stacked }),
  });
}
