import { readFileSync } from 'node:fs';
import { explainFileError } from '../files/explain.js';
import { UserError } from '../errors.js';
import { tilesOfGrid, type GrayImage } from './grid.js';
import { decodeGrayPng } from './png.js';

/**
 * The digits of a PNG that {@link gridImage} made at its usual scale.
 *
 * @returns [n, 784] bytes.
 * @throws UserError when the file cannot be read, is no PNG or no such grid.
 */
export function readSampleGrid(path: string): Uint8Array {
  const image = decodeGrayPng(readBytes(path), path);
  return tiles(image, path);
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw explainFileError(error, 'read', path);
  }
}

function tiles(image: GrayImage, path: string): Uint8Array {
  try {
    return tilesOfGrid(image);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new UserError(`${path} is ${error.message}`);
    }
    throw error;
  }
}
