import { UserError } from '../errors.js';

/** Rows and columns of a digit. */
export const IMAGE_SIDE = 28;
/** Pixels, and bytes, of a digit. */
export const IMAGE_PIXELS = IMAGE_SIDE * IMAGE_SIDE;
/** Classes: the digits 0 to 9. */
export const DIGITS = 10;

/**
 * The IDX format's magic numbers: two zero bytes, 8 for unsigned bytes, the number of dimensions.
 * Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
 */
const IMAGES_MAGIC = 2051;
const LABELS_MAGIC = 2049;

/** Bytes before the first image: magic number, images, rows, columns; each a big-endian 32-bit integer. */
export const IMAGES_HEADER_BYTES = 16;
/** Bytes before the first label: magic number, labels. */
export const LABELS_HEADER_BYTES = 8;

/**
 * Reads an IDX file of 28 x 28 images.
 *
 * @param bytes the whole file, not compressed.
 * @param file its name, for messages.
 * @returns the pixels [count, 784], 0 (paper) to 255 (ink): a view of `bytes`, so a header's false claim costs nothing.
 * @throws UserError that says what is wrong with the file.
 */
export function parseIdxImages(bytes: Uint8Array, file: string): Uint8Array {
  const header = readHeader(bytes, file, IMAGES_MAGIC, 'images', IMAGES_HEADER_BYTES);
  const [count, rows, columns] = [header.getUint32(4), header.getUint32(8), header.getUint32(12)];
  if (rows !== IMAGE_SIDE || columns !== IMAGE_SIDE) {
    throw new UserError(
      `${file} holds images of ${rows} x ${columns} pixels; expected ${IMAGE_SIDE} x ${IMAGE_SIDE}`,
    );
  }
  checkLength(bytes, file, count, 'images', IMAGES_HEADER_BYTES + count * IMAGE_PIXELS);
  return bytes.subarray(IMAGES_HEADER_BYTES);
}

/**
 * Reads an IDX file of labels.
 *
 * @param bytes the whole file, not compressed.
 * @param file its name, for messages.
 * @returns the labels [count], 0 to 9: a view of `bytes`.
 * @throws UserError that says what is wrong with the file.
 */
export function parseIdxLabels(bytes: Uint8Array, file: string): Uint8Array {
  const header = readHeader(bytes, file, LABELS_MAGIC, 'labels', LABELS_HEADER_BYTES);
  const count = header.getUint32(4);
  checkLength(bytes, file, count, 'labels', LABELS_HEADER_BYTES + count);
  const labels = bytes.subarray(LABELS_HEADER_BYTES);
  const wrong = labels.findIndex((label) => label >= DIGITS);
  if (wrong >= 0) {
    throw new UserError(
      `${file}: label ${wrong + 1} of ${count} is ${labels[wrong]}; expected a digit from 0 to 9`,
    );
  }
  return labels;
}

/**
 * Checks that there is a label for each image.
 *
 * @param images [n, 784]; `labels` [m].
 * @throws UserError when n is not m.
 */
export function checkSameCount(
  images: Uint8Array,
  labels: Uint8Array,
  imagesFile: string,
  labelsFile: string,
): void {
  const count = images.length / IMAGE_PIXELS;
  if (count !== labels.length) {
    throw new UserError(
      `${labelsFile} has ${quantity(labels.length, 'labels')} and ${imagesFile} has ` +
        `${quantity(count, 'images')}; expected one label for each image`,
    );
  }
}

/** The IDX file of images [count, 784], 0 to 255. */
export function writeIdxImages(images: Uint8Array): Uint8Array {
  const count = images.length / IMAGE_PIXELS;
  if (!Number.isInteger(count)) {
    throw new RangeError(
      `${images.length} bytes are no whole number of ${IMAGE_PIXELS}-pixel images`,
    );
  }
  return joined(idxImagesHeader(count), images);
}

/** The IDX file of labels [count], 0 to 9. */
export function writeIdxLabels(labels: Uint8Array): Uint8Array {
  const wrong = labels.find((label) => label >= DIGITS);
  if (wrong !== undefined)
    throw new RangeError(`a label is ${wrong}; expected a digit from 0 to 9`);
  return joined(idxLabelsHeader(labels.length), labels);
}

/** What an IDX file of so many images begins with; their pixels follow. */
export function idxImagesHeader(count: number): Uint8Array {
  return integers([IMAGES_MAGIC, count, IMAGE_SIDE, IMAGE_SIDE]);
}

/** What an IDX file of so many labels begins with; they follow, a byte each. */
export function idxLabelsHeader(count: number): Uint8Array {
  return integers([LABELS_MAGIC, count]);
}

function integers(values: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setUint32(4 * i, value));
  return bytes;
}

function joined(header: Uint8Array, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(header.length + body.length);
  bytes.set(header);
  bytes.set(body, header.length);
  return bytes;
}

function readHeader(
  bytes: Uint8Array,
  file: string,
  magic: number,
  what: 'images' | 'labels',
  headerBytes: number,
): DataView {
  if (bytes.length === 0) {
    throw new UserError(`${file} is empty; expected an IDX file of ${what}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = bytes.length >= 4 ? view.getUint32(0) : undefined;
  if (found !== undefined && found !== magic) {
    throw new UserError(
      `${file} begins with the magic number ${found}${meaning(found)}; ` +
        `expected ${magic}, an IDX file of ${what}`,
    );
  }
  if (bytes.length < headerBytes) {
    throw new UserError(
      `${file} is cut off: it has ${quantity(bytes.length, 'bytes')}; ` +
        `expected a header of ${headerBytes} and then ${what}`,
    );
  }
  return view;
}

function meaning(magic: number): string {
  if (magic === IMAGES_MAGIC) return ' (images)';
  if (magic === LABELS_MAGIC) return ' (labels)';
  return '';
}

function checkLength(
  bytes: Uint8Array,
  file: string,
  count: number,
  what: 'images' | 'labels',
  expected: number,
): void {
  if (count === 0) throw new UserError(`${file} holds 0 ${what}; expected at least 1`);
  if (bytes.length === expected) return;
  const problem = bytes.length < expected ? 'is cut off' : 'goes on after its end';
  throw new UserError(
    `${file} ${problem}: its header says ${quantity(count, what)}, for which ${expected} bytes ` +
      `are expected, and it has ${bytes.length}`,
  );
}

/** "1 image", "2 images". */
function quantity(count: number, plural: string): string {
  return `${count} ${count === 1 ? plural.slice(0, -1) : plural}`;
}
