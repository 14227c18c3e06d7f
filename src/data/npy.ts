import { UserError } from '../errors.js';

/** What a .npy file begins with: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
const MAGIC = '\x93NUMPY';
const PREFIX_BYTES = 10;
const ALIGNMENT_BYTES = 64;
const MOST_HEADER_BYTES = 10_000;
const MOST_DIMENSIONS = 8;

type Values = Uint8Array | Float32Array | Float64Array | string[];

/** An array of a .npy file. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** In C order. */
  readonly values: ArrayLike<number> | readonly string[];
}

/**
 * What a .npy file of numbers in C order begins with, in version 1.0.
 *
 * @param type as NumPy writes it: `|u1`, `<u2`.
 */
export function npyHeader(type: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const description = `{'descr': '${type}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const bytes =
    Math.ceil((PREFIX_BYTES + description.length + 1) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const header = Buffer.alloc(bytes, ' ');
  header.write(`${MAGIC}\x01\x00`, 'latin1');
  header.writeUInt16LE(bytes - PREFIX_BYTES, 8);
  header.write(description, PREFIX_BYTES, 'latin1');
  header.write('\n', bytes - 1);
  return header;
}

/** Whether bytes are those of a .npy file. */
export const isNpy = (start: Uint8Array): boolean =>
  String.fromCharCode(...start.subarray(0, MAGIC.length)) === MAGIC;

/**
 * Reads a .npy file of numbers or of texts. Arrays of Python objects are refused: they are a pickle, which may do anything when it is
 * read.
 *
 * @param bytes the whole file.
 * @param name for messages.
 * @returns the values: of bytes a view, so a header's false claim costs nothing.
 * @throws UserError that says what is wrong with the file.
 */
export function parseNpy(bytes: Uint8Array, name: string): NpyArray {
  const { description, from } = readHeader(bytes, name);
  const type = /'descr':\s*'([<>|=]?[a-zA-Z]\d*)'/.exec(description)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(description)?.[1];
  // NumPy on Python 2 wrote its long numbers as 60000L.
  const sides = /'shape':\s*\(([\dL,\s]*)\)/.exec(description)?.[1].replaceAll('L', '');
  if (order === undefined || sides === undefined || type === undefined)
    throw new UserError(
      `${name} has the header ${JSON.stringify(description.slice(0, 80))}; expected an array of numbers`,
    );
  const shape = sides
    .split(',')
    .filter((side) => side.trim() !== '')
    .map(Number);
  const read = readerOf(type);
  if (read === undefined)
    throw new UserError(
      `${name} holds ${/O/.test(type) ? 'Python objects (a pickle)' : `values of the type ${type}`}; expected numbers`,
    );
  const count = shape.reduce((all, side) => all * side, 1);
  const expected = count * read.bytes;
  if (shape.length > MOST_DIMENSIONS || bytes.length - from !== expected)
    throw new UserError(
      `${name} ${bytes.length - from < expected ? 'is cut off' : 'goes on after its end'}: its header says ${shape.join(' x ')} values of ${read.bytes} bytes, for which ${expected} bytes are expected, and it has ${bytes.length - from}`,
    );
  const values = read.values(bytes.subarray(from), count);
  return { shape, values: order === 'True' ? inRowOrder(values, shape) : values };
}

/** Values whose first index changes fastest (Fortran's order), with the last one so (C's). */
function inRowOrder(values: Values, shape: readonly number[]): Values {
  const steps = shape.map((_, axis) => shape.slice(0, axis).reduce((all, side) => all * side, 1));
  const index = shape.map(() => 0);
  const ordered = values.slice();
  const into: Record<number, number | string> = ordered;
  let from = 0;
  for (let k = 0; k < ordered.length; k++) {
    into[k] = values[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++index[axis] < shape[axis]) break;
      from -= steps[axis] * index[axis];
      index[axis] = 0;
    }
  }
  return ordered;
}

function readHeader(bytes: Uint8Array, name: string): { description: string; from: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isNpy(bytes) || bytes.length < PREFIX_BYTES + 2)
    throw new UserError(`${name} does not begin as a .npy file does; expected an array of NumPy`);
  const isShort = bytes[MAGIC.length] === 1;
  const length = isShort ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = isShort ? PREFIX_BYTES : PREFIX_BYTES + 2;
  if (length > MOST_HEADER_BYTES || start + length > bytes.length)
    throw new UserError(`${name} is cut off: expected a header of ${length} bytes`);
  return {
    description: String.fromCharCode(...bytes.subarray(start, start + length)),
    from: start + length,
  };
}

interface ValueReader {
  readonly bytes: number;
  values(bytes: Uint8Array, count: number): Values;
}

type Get = (view: DataView, at: number) => number;

const reader = (bytes: number, get: Get): ValueReader => ({
  bytes,
  values: (data, count) => {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const values = bytes > 4 ? new Float64Array(count) : new Float32Array(count);
    for (let k = 0; k < count; k++) values[k] = get(view, k * bytes);
    return values;
  },
});

const asIs: ValueReader = { bytes: 1, values: (data) => data };

/** A number of half precision (IEEE 754 binary16); Node.js 20 has no `getFloat16`. */
function float16At(view: DataView, at: number, little: boolean): number {
  const bits = view.getUint16(at, little);
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  const size =
    exponent === 0x1f
      ? fraction === 0
        ? Infinity
        : NaN
      : exponent === 0
        ? fraction * 2 ** -24
        : (1024 + fraction) * 2 ** (exponent - 25);
  return bits >> 15 ? -size : size;
}

/** Whole numbers of 64 bits are exact up to 2^53. */
const NUMBERS: Readonly<
  Record<
    string,
    readonly [bytes: number, get: (view: DataView, at: number, little: boolean) => number]
  >
> = {
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  u8: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  i8: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  f2: [2, float16At],
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
};

/** What reads values of a type, by NumPy's name of it: `|u1`, `<f4`, `>i8`, `<U5`; undefined for others. */
function readerOf(type: string): ValueReader | undefined {
  const [, end, name] = /^([<>|=]?)(.*)$/.exec(type)!;
  if (name === 'u1' || name === 'b1') return asIs;
  if (name === 'i1') return reader(1, (view, at) => view.getInt8(at));
  const found = Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined;
  if (found === undefined) return textReader(type);
  const [bytes, get] = found;
  return reader(bytes, (view, at) => get(view, at, end !== '>'));
}

/** Texts of a fixed length: `<U5` of 32-bit code points, `|S5` of bytes; zeros fill them up. */
function textReader(type: string): ValueReader | undefined {
  const [, end, kind, length] = /^([<>|]?)([US])(\d+)$/.exec(type) ?? [];
  if (length === undefined || Number(length) > 1000 || Number(length) < 1) return undefined;
  const size = kind === 'U' ? 4 : 1;
  const characters = Number(length);
  return {
    bytes: size * characters,
    values: (data, count) => {
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      return Array.from({ length: count }, (_, k) => {
        let text = '';
        for (let c = 0; c < characters; c++) {
          const at = (k * characters + c) * size;
          const code = size === 4 ? view.getUint32(at, end !== '>') : data[at];
          if (code === 0) break;
          text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
        }
        return text;
      });
    },
  };
}
