import type { ImageShape } from '../data/image-set.js';
import { UserError } from '../errors.js';
import { readWhole } from '../files/read.js';
import { tilesOfGrid } from './grid.js';
import { decodePng } from './png.js';

/**
 * The images of a PNG that {@link gridImage} made at its usual scale.
 *
 * @returns [n, height, width, channels] bytes.
 * @throws UserError when the file cannot be read, is no PNG or no such grid.
 */
export function readSampleGrid(path: string, shape: ImageShape): Uint8Array {
  const image = decodePng(readWhole(path), path);
  try {
    return tilesOfGrid(image, shape);
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`${path} is ${error.message}`);
    throw error;
  }
}
