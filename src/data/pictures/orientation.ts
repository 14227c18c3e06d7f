import type { Picture } from './picture.js';

const ORIENTATION = 0x0112;
/** A 16-bit number (TIFF 6.0, section 2). */
const SHORT = 3;
const ENTRY_BYTES = 12;

/**
 * The orientation that EXIF data say (CIPA DC-008, 4.6.4 A): a TIFF header and its first directory.
 *
 * @returns 1, upright, where they say none or are damaged: a picture is then shown as it lies.
 */
export function exifOrientation(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 8) return 1;
  const little = view.getUint16(0) === 0x4949;
  if (!little && view.getUint16(0) !== 0x4d4d) return 1;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return 1;
  const entries = view.getUint16(directory, little);
  for (let k = 0; k < entries; k++) {
    const at = directory + 2 + k * ENTRY_BYTES;
    if (at + ENTRY_BYTES > tiff.length) return 1;
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    if (view.getUint16(at + 2, little) !== SHORT) return 1;
    const orientation = view.getUint16(at + 8, little);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}

/** A picture upright, whose file lies in one of EXIF's eight orientations. */
export function turned(picture: Picture, orientation: number): Picture {
  if (orientation === 1) return picture;
  const { width, height, channels, pixels } = picture;
  const isSideways = orientation >= 5;
  const [newWidth, newHeight] = isSideways ? [height, width] : [width, height];
  // Where the row and the column that are shown at 0 lie in the file.
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const result = new Uint8Array(pixels.length);
  for (let y = 0; y < newHeight; y++)
    for (let x = 0; x < newWidth; x++) {
      const [along, down] = isSideways ? [y, x] : [x, y];
      const column = fromRight ? width - 1 - along : along;
      const row = fromBottom ? height - 1 - down : down;
      for (let channel = 0; channel < channels; channel++)
        result[(y * newWidth + x) * channels + channel] =
          pixels[(row * width + column) * channels + channel];
    }
  return { width: newWidth, height: newHeight, channels, pixels: result };
}
