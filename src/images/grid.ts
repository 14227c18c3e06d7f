import { bytesOf, shapeText, type ImageShape } from '../data/image-set.js';
import { blank, type Image } from './image.js';

/** A tile of this many pixels is large enough to see what is on it. */
const USUAL_TILE = 56;
/** By how much the pixels of small images are enlarged: those of 28 x 28 and 32 x 32 by 2. */
export const scaleOf = ([height, width]: ImageShape): number =>
  Math.max(1, Math.round(USUAL_TILE / Math.max(height, width)));

/** Between images of their own size one pixel, else two: so a grid at scale 1 is half of one at scale 2. */
const gapOf = (scale: number): number => Math.min(scale, 2);
/** Neither a digit's black nor its white, so that the edges of a tile show. */
const BACKGROUND = 96;

/**
 * Tiles images, left to right and then downwards, with a gap of 2 pixels (1 at scale 1) between and around them. Cells that are left over
 * in the last row stay gray. {@link tilesOfGrid} is its inverse.
 *
 * @param images [n, height, width, channels]: floats in [-1, 1] (values outside are clipped) or bytes in 0..255.
 * @param columns tiles a row.
 * @param scale an integer by which each pixel of an image is enlarged; the gap is not.
 */
export function gridImage(
  images: Float32Array | Uint8Array,
  shape: ImageShape,
  columns: number,
  scale = scaleOf(shape),
): Image {
  checkGeometry(columns, scale);
  const size = bytesOf(shape);
  if (images.length === 0 || images.length % size !== 0)
    throw new RangeError(
      `a grid needs whole images of ${size} values each (${shapeText(shape)}), found ${images.length} values`,
    );
  const bytes = images instanceof Uint8Array ? images : toBytes(images);
  const count = bytes.length / size;
  const { width, height } = gridSize(count, shape, columns, scale);
  const [rows, across, channels] = shape;
  const grid = blank(width, height, channels as 1 | 3, BACKGROUND);
  const { pixels } = grid;
  const line = width * channels;
  for (let tile = 0; tile < count; tile++) {
    const corner = cornerOf(tile, shape, columns, scale);
    for (let row = 0; row < rows; row++) {
      const source = tile * size + row * across * channels;
      const start = (corner.top + row * scale) * line + corner.left * channels;
      let target = start;
      for (let column = 0; column < across; column++)
        for (let copy = 0; copy < scale; copy++)
          for (let channel = 0; channel < channels; channel++)
            pixels[target++] = bytes[source + column * channels + channel];
      for (let copy = 1; copy < scale; copy++)
        pixels.copyWithin(start + copy * line, start, target);
    }
  }
  return grid;
}

/** Pixels of the sides of a grid of `count` images, as {@link gridImage} makes it. */
export function gridSize(
  count: number,
  [height, width]: ImageShape,
  columns: number,
  scale: number,
): { width: number; height: number } {
  return {
    width: sideOf(columns, width, scale),
    height: sideOf(Math.ceil(count / columns), height, scale),
  };
}

/**
 * The images of a grid that {@link gridImage} made with the same shape and scale; the empty cells at its end are left out.
 *
 * @returns [n, height, width, channels] bytes.
 * @throws RangeError when the size of the image is not that of such a grid.
 */
export function tilesOfGrid(grid: Image, shape: ImageShape, scale = scaleOf(shape)): Uint8Array {
  const [height, width, channels] = shape;
  if (grid.channels !== channels)
    throw new RangeError(
      `not a grid of ${shapeText(shape)} images: it has ${grid.channels} channels`,
    );
  const columns = tilesAlong(grid.width, width, scale);
  const rows = tilesAlong(grid.height, height, scale);
  const size = bytesOf(shape);
  const tiles = new Uint8Array(rows * columns * size);
  for (let tile = 0; tile < rows * columns; tile++) {
    const corner = cornerOf(tile, shape, columns, scale);
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const source =
          ((corner.top + row * scale) * grid.width + corner.left + column * scale) * channels;
        tiles.set(
          grid.pixels.subarray(source, source + channels),
          tile * size + (row * width + column) * channels,
        );
      }
  }
  let used = tiles.length;
  while (used > 0 && isEmpty(tiles.subarray(used - size, used))) used -= size;
  return tiles.slice(0, used);
}

/** Values in [-1, 1] as bytes: -1 is 0, 1 is 255; values outside are clipped and NaN is black. */
export function toBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = (values[i] + 1) * 127.5;
  return new Uint8Array(bytes.buffer);
}

function sideOf(tiles: number, side: number, scale: number): number {
  return tiles * side * scale + (tiles + 1) * gapOf(scale);
}

function tilesAlong(all: number, side: number, scale: number): number {
  const tiles = (all - gapOf(scale)) / (side * scale + gapOf(scale));
  if (!Number.isInteger(tiles) || tiles < 1)
    throw new RangeError(
      `not a grid of images at scale ${scale}: a side of ${all} pixels holds no whole number of tiles`,
    );
  return tiles;
}

function cornerOf(
  tile: number,
  [height, width]: ImageShape,
  columns: number,
  scale: number,
): { left: number; top: number } {
  const gap = gapOf(scale);
  return {
    left: gap + (tile % columns) * (width * scale + gap),
    top: gap + Math.floor(tile / columns) * (height * scale + gap),
  };
}

function isEmpty(tile: Uint8Array): boolean {
  return tile.every((value) => value === BACKGROUND);
}

function checkGeometry(columns: number, scale: number): void {
  if (!Number.isInteger(columns) || columns < 1) {
    throw new RangeError(`columns must be a whole number of at least 1, found ${columns}`);
  }
  if (!Number.isInteger(scale) || scale < 1) {
    throw new RangeError(`scale must be a whole number of at least 1, found ${scale}`);
  }
}
