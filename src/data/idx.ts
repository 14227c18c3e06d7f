import { UserError } from '../errors.js';
import { quantity } from '../names.js';
import { isGzip } from './bounded-read.js';
import { bytesOf, type ImageShape } from './image-set.js';
import { areOneHot } from './one-hot.js';
import { otherContent } from './other-content.js';

/**
 * The IDX format: two zero bytes, the type of an element, the number of dimensions, each dimension as a big-endian 32-bit integer,
 * then the elements. Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
 */
const UNSIGNED_BYTE = 8;
/** 32 bits, big-endian, as QMNIST has its labels. */
const INT = 12;
const TYPES: Readonly<Record<number, string>> = {
  8: 'unsigned bytes',
  9: 'signed bytes',
  11: '16-bit integers',
  12: '32-bit integers',
  13: '32-bit floats',
  14: '64-bit floats',
};
const WORD = 4;
const MOST_DIMENSIONS = 4;
/** A label that is a byte has one of so many values. */
export const BYTE_LABELS = 256;
/** More than any set here may have (see load.ts): room for labels that begin at 1 or have gaps. */
const LARGEST_LABEL = 65_535;

type Content = 'images' | 'labels';

/** Images as they are in a file. */
export interface IdxImages {
  /** [count, height, width, channels], 0 to 255: a view of the file's bytes, so a header's false claim costs nothing. */
  readonly pixels: Uint8Array;
  readonly shape: ImageShape;
  readonly count: number;
}

/** Told what is unusual about a file and read all the same, in a sentence. */
type Remark = (sentence: string) => void;

/**
 * Reads an IDX file of images: bytes [count, height, width], or with colours [count, height, width, 3].
 *
 * @param bytes the whole file, not compressed.
 * @param file its name, for messages.
 * @throws UserError that says what is wrong with the file.
 */
export function parseIdxImages(bytes: Uint8Array, file: string, remark?: Remark): IdxImages {
  const { type, dimensions, headerBytes } = readHeader(bytes, file, 'images', remark);
  const [count, height, width, channels = 1] = dimensions;
  if (
    type !== UNSIGNED_BYTE ||
    dimensions.length < 3 ||
    (dimensions.length === 4 && channels !== 3 && channels !== 1)
  )
    throw new UserError(
      `${file} holds ${described(type, dimensions)}; expected unsigned bytes of images, rows and columns (and 3 channels)`,
    );
  const shape = [height, width, channels] as const;
  if (count > 0 && bytesOf(shape) === 0)
    throw new UserError(`${file} holds images of ${height} x ${width} pixels; expected at least 1`);
  const end = headerBytes + count * bytesOf(shape);
  checkLength(bytes, file, count, 'images', end, remark);
  return { pixels: bytes.subarray(headerBytes, end), shape, count };
}

/**
 * Reads an IDX file of labels: bytes or 32-bit integers [count]; a 1 in the column of each one's class [count, classes]; or integers [count,
 * columns] whose first column is the class, as QMNIST has them.
 *
 * @param bytes the whole file, not compressed.
 * @param file its name, for messages.
 * @returns the labels [count].
 * @throws UserError that says what is wrong with the file.
 */
export function parseIdxLabels(bytes: Uint8Array, file: string, remark?: Remark): Uint16Array {
  const { type, dimensions, headerBytes, little } = readHeader(bytes, file, 'labels', remark);
  const [count, columns = 1] = dimensions;
  if ((type !== UNSIGNED_BYTE && type !== INT) || dimensions.length > 2 || columns === 0)
    throw new UserError(
      `${file} holds ${described(type, dimensions)}; expected labels, as unsigned bytes or 32-bit integers`,
    );
  const size = type === INT ? WORD : 1;
  checkLength(bytes, file, count, 'labels', headerBytes + count * columns * size, remark);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const labels = new Uint16Array(count);
  const at = (row: number, column: number): number => {
    const place = headerBytes + (row * columns + column) * size;
    return type === INT ? view.getInt32(place, little) : bytes[place];
  };
  const isOneHot = columns > 1 && areOneHot(at, count, columns);
  if (columns > 1 && type !== INT && !isOneHot)
    throw new UserError(
      `${file} holds ${described(type, dimensions)}; expected one label for each image, or a 1 in the column of its class`,
    );
  for (let k = 0; k < count; k++) {
    let label = at(k, 0);
    if (isOneHot) for (label = 0; at(k, label) === 0;) label++;
    if (label < 0 || label > LARGEST_LABEL)
      throw new UserError(
        `${file}: label ${k + 1} of ${count} is ${label}; expected 0 to ${LARGEST_LABEL}`,
      );
    labels[k] = label;
  }
  return labels;
}

/** What an IDX file of so many images begins with; their pixels follow. Gray images have no dimension of channels, as in MNIST. */
export function idxImagesHeader(count: number, [height, width, channels]: ImageShape): Uint8Array {
  const dimensions = channels === 1 ? [count, height, width] : [count, height, width, channels];
  return header(UNSIGNED_BYTE, dimensions);
}

/** What an IDX file of so many labels begins with; they follow. */
export function idxLabelsHeader(count: number, classes: number): Uint8Array {
  return header(classes > BYTE_LABELS ? INT : UNSIGNED_BYTE, [count]);
}

/** Labels as an IDX file has them: a byte each, or a 32-bit integer where a byte does not hold as many classes. */
export function idxLabelBytes(labels: ArrayLike<number>, classes: number): Uint8Array {
  if (classes <= BYTE_LABELS) return Uint8Array.from(labels);
  const bytes = new Uint8Array(WORD * labels.length);
  const view = new DataView(bytes.buffer);
  for (let k = 0; k < labels.length; k++) view.setInt32(WORD * k, labels[k]);
  return bytes;
}

/** The name that MNIST gives such a file, as train-images-idx3-ubyte. */
export function idxName(
  part: 'train' | 't10k',
  content: Content,
  shape: ImageShape,
  classes: number,
): string {
  if (content === 'images') return `${part}-images-idx${shape[2] === 1 ? 3 : 4}-ubyte`;
  return `${part}-labels-idx1-${classes > BYTE_LABELS ? 'int' : 'ubyte'}`;
}

function header(type: number, dimensions: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(WORD * (1 + dimensions.length));
  const view = new DataView(bytes.buffer);
  [(type << 8) | dimensions.length, ...dimensions].forEach((value, i) =>
    view.setUint32(WORD * i, value),
  );
  return bytes;
}

interface Header {
  readonly type: number;
  readonly dimensions: number[];
  readonly headerBytes: number;
  readonly little: boolean;
}

/** Whether numbers in an IDX file have their least significant byte first, as some programs on Intel processors write them. */
const isLittleEndian = ([count, type, zero, other]: Uint8Array): boolean =>
  zero === 0 && other === 0 && type in TYPES && count >= 1 && count <= MOST_DIMENSIONS;

function readHeader(bytes: Uint8Array, file: string, content: Content, remark?: Remark): Header {
  if (bytes.length === 0)
    throw new UserError(`${file} is empty; expected an IDX file of ${content}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = isLittleEndian(bytes);
  const magic = bytes.slice(0, WORD);
  if (little) magic.reverse();
  const [zero, other, type, count] = magic;
  const isIdx =
    zero === 0 && other === 0 && type in TYPES && count >= 1 && count <= MOST_DIMENSIONS;
  if (bytes.length >= WORD && !isIdx)
    throw new UserError(
      `${file} begins with ${startText(bytes)}; expected two zero bytes, a type and a number of dimensions, as an IDX file of ${content} has`,
    );
  const isOther = content === 'images' ? count < 3 : count > 2;
  if (bytes.length >= WORD && isOther)
    throw new UserError(
      `${file} has ${quantity(count, 'dimensions')}, as ${content === 'images' ? 'labels' : 'images'} have; expected an IDX file of ${content}`,
    );
  const headerBytes = WORD * (1 + count);
  if (bytes.length < WORD || bytes.length < headerBytes)
    throw new UserError(
      `${file} is cut off: it has ${quantity(bytes.length, 'bytes')}; expected a header and then ${content}`,
    );
  if (little) remark?.(`${file} has its numbers in little-endian order, and is read so`);
  const dimensions = Array.from({ length: count }, (_, k) =>
    view.getUint32(WORD * (k + 1), little),
  );
  return { type, dimensions, headerBytes, little };
}

/** What a file that is no IDX file seems to be; gzip has been taken off once. */
const startText = (bytes: Uint8Array): string =>
  (isGzip(bytes) ? 'gzip data within gzip data (gunzip it once)' : otherContent(bytes)) ??
  `the bytes ${[...bytes.subarray(0, 4)].join(' ')}`;

const described = (type: number, dimensions: readonly number[]): string =>
  `${TYPES[type]} of ${dimensions.join(' x ')}`;

/** What tools that fill blocks or end lines leave behind a file's end: zeros and line ends. */
const PADDING = new Set([0, 10, 13]);

function checkLength(
  bytes: Uint8Array,
  file: string,
  count: number,
  what: Content,
  expected: number,
  remark?: Remark,
): void {
  if (count === 0) throw new UserError(`${file} holds 0 ${what}; expected at least 1`);
  if (bytes.length === expected) return;
  if (bytes.length > expected && bytes.subarray(expected).every((byte) => PADDING.has(byte)))
    return remark?.(
      `${file} has ${quantity(bytes.length - expected, 'bytes')} of padding after its ${count} ${what}, which are left out`,
    );
  const problem = bytes.length < expected ? 'is cut off' : 'goes on after its end';
  throw new UserError(
    `${file} ${problem}: its header says ${quantity(count, what)}, for which ${expected} bytes ` +
      `are expected, and it has ${bytes.length}`,
  );
}
