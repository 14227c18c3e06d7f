import type { ImageShape } from '../data/image-set.js';
import { graphicsOf } from '../terminal/graphics.js';
import { previewImages } from '../terminal/preview.js';
import type { Console } from './console.js';

/** In a lower window one row of samples leaves room for what else is said. */
const TWO_ROWS_FROM = 36;

/**
 * Images as what the terminal can show of them, without a line break at the end.
 *
 * @param images bytes [n, height, width, channels].
 */
export function picturesText(
  images: Uint8Array,
  shape: ImageShape,
  { colors, screen: { columns, rows } }: Pick<Console, 'colors' | 'screen'>,
): string {
  const size = { columns, rows: rows < TWO_ROWS_FROM ? 1 : 2 };
  return previewImages(images, shape, { ...size, graphics: graphicsOf(process.env), colors });
}
