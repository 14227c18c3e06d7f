/** Height and width of a digit in pixels. */
export const DIGIT_SIDE = 28;

const DIGIT_PIXELS = DIGIT_SIDE * DIGIT_SIDE;
/** Between digits of their own size one pixel, else two: so a grid at scale 1 is half of one at scale 2. */
const gapOf = (scale: number): number => Math.min(scale, 2);
/** Neither a digit's black nor its white, so that the edges of a tile show. */
const BACKGROUND = 96;

/** One byte a pixel, 0 is black, row by row from the top left. */
export interface GrayImage {
  width: number;
  height: number;
  /** [height, width] */
  pixels: Uint8Array;
}

/** Three bytes a pixel (red, green, blue), row by row from the top left. */
export interface RgbImage {
  width: number;
  height: number;
  /** [height, width, 3] */
  rgb: Uint8Array;
}

/**
 * Tiles digits, left to right and then downwards, with a gap of 2 pixels (1 at scale 1) between and around them. Cells that are left over
 * in the last row stay gray. {@link tilesOfGrid} is its inverse.
 *
 * @param images [n, 784]: floats in [-1, 1] (values outside are clipped) or bytes in 0..255.
 * @param columns tiles a row.
 * @param scale an integer by which each pixel of a digit is enlarged; the gap is not.
 */
export function gridImage(
  images: Float32Array | Uint8Array,
  columns: number,
  scale = 2,
): GrayImage {
  checkGeometry(columns, scale);
  if (images.length === 0 || images.length % DIGIT_PIXELS !== 0) {
    throw new RangeError(
      `a grid needs whole digits of ${DIGIT_PIXELS} values each, found ${images.length} values`,
    );
  }
  const bytes = images instanceof Uint8Array ? images : toBytes(images);
  const count = bytes.length / DIGIT_PIXELS;
  const { width, height } = gridSize(count, columns, scale);
  const pixels = new Uint8Array(width * height).fill(BACKGROUND);
  for (let tile = 0; tile < count; tile++) {
    const corner = cornerOf(tile, columns, scale);
    for (let row = 0; row < DIGIT_SIDE; row++) {
      const source = tile * DIGIT_PIXELS + row * DIGIT_SIDE;
      const start = (corner.top + row * scale) * width + corner.left;
      let target = start;
      for (let column = 0; column < DIGIT_SIDE; column++) {
        const value = bytes[source + column];
        for (let copy = 0; copy < scale; copy++) pixels[target++] = value;
      }
      for (let copy = 1; copy < scale; copy++)
        pixels.copyWithin(start + copy * width, start, target);
    }
  }
  return { width, height, pixels };
}

/** Pixels of the sides of a grid of `count` digits, as {@link gridImage} makes it. */
export function gridSize(
  count: number,
  columns: number,
  scale = 2,
): Pick<GrayImage, 'width' | 'height'> {
  return { width: sideOf(columns, scale), height: sideOf(Math.ceil(count / columns), scale) };
}

/**
 * The digits of a grid that {@link gridImage} made with the same scale; the empty cells at its end are left out.
 *
 * @returns [n, 784] bytes.
 * @throws RangeError when the size of the image is not that of such a grid.
 */
export function tilesOfGrid(grid: GrayImage, scale = 2): Uint8Array {
  const columns = tilesAlong(grid.width, scale);
  const rows = tilesAlong(grid.height, scale);
  const tiles = new Uint8Array(rows * columns * DIGIT_PIXELS);
  for (let tile = 0; tile < rows * columns; tile++) {
    const corner = cornerOf(tile, columns, scale);
    for (let row = 0; row < DIGIT_SIDE; row++) {
      const source = (corner.top + row * scale) * grid.width + corner.left;
      for (let column = 0; column < DIGIT_SIDE; column++) {
        tiles[tile * DIGIT_PIXELS + row * DIGIT_SIDE + column] =
          grid.pixels[source + column * scale]!;
      }
    }
  }
  let used = tiles.length;
  while (used > 0 && isEmpty(tiles.subarray(used - DIGIT_PIXELS, used))) used -= DIGIT_PIXELS;
  return tiles.slice(0, used);
}

/** Values in [-1, 1] as bytes: -1 is 0, 1 is 255; values outside are clipped and NaN is black. */
export function toBytes(values: Float32Array): Uint8Array {
  const bytes = new Uint8ClampedArray(values.length);
  for (let i = 0; i < values.length; i++) bytes[i] = (values[i] + 1) * 127.5;
  return new Uint8Array(bytes.buffer);
}

function sideOf(tiles: number, scale: number): number {
  return tiles * DIGIT_SIDE * scale + (tiles + 1) * gapOf(scale);
}

function tilesAlong(side: number, scale: number): number {
  const tiles = (side - gapOf(scale)) / (DIGIT_SIDE * scale + gapOf(scale));
  if (!Number.isInteger(tiles) || tiles < 1) {
    throw new RangeError(
      `not a grid of digits at scale ${scale}: a side of ${side} pixels holds no whole number of tiles`,
    );
  }
  return tiles;
}

function cornerOf(tile: number, columns: number, scale: number): { left: number; top: number } {
  const gap = gapOf(scale);
  const pitch = DIGIT_SIDE * scale + gap;
  return {
    left: gap + (tile % columns) * pitch,
    top: gap + Math.floor(tile / columns) * pitch,
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
